using System.Collections.Immutable;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>What BTF says of a subprogram: for a global one that is all that its callers and itself know of each other.</summary>
internal sealed class SubprogramPrototype
{
    private const int MaxParameters = 5; // MAX_BPF_FUNC_REG_ARGS, include/linux/bpf.h

    private ImmutableArray<(PassedKind Kind, int Size)> _parameters = [];
    private string? _problem;

    private SubprogramPrototype(string name, bool isGlobal) => (Name, IsGlobal) = (name, isGlobal);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>True when it is verified alone.</summary>
    public bool IsGlobal { get; }

    /// <summary>True when it, or what it calls, may move the packet.</summary>
    public bool ChangesPacket { get; set; }

    /// <summary>True when a walked path calls it.</summary>
    public bool IsCalled { get; set; }

    /// <summary>True once it was verified on its own.</summary>
    public bool IsVerified { get; set; }

    /// <summary>True once a caller of a static function passed other things than its type says: compilers do that.</summary>
    public bool IsUnreliable { get; set; }

    /// <summary>Reads a function's prototype; null when BTF says nothing of it.</summary>
    public static SubprogramPrototype? Read(Btf? types, FunctionSpec spec, ProgramType program)
    {
        if (types is null || spec.TypeId == 0 || types[spec.TypeId] is not BtfFunction function || types[function.TypeId] is not BtfPrototype prototype)
            return null;
        var result = new SubprogramPrototype(spec.Name, function.Linkage == BtfLinkage.Global);
        result._problem = result.ReadParameters(types, spec.TypeId, prototype, program);
        return result;
    }

    /// <summary>Checks the arguments of a call in the current frame.</summary>
    /// <returns>What is wrong, in lines that end with line feeds; null when nothing is.</returns>
    public string? CheckCall(Verifier verifier, CallChecker calls)
    {
        if (_problem is not null)
            return _problem + "\n";
        try
        {
            for (int i = 0; i < _parameters.Length; i++)
            {
                if (CheckArgument(verifier, calls, i) is { } wrong)
                    return wrong + "\n";
            }
            return null;
        }
        catch (Rejection rejection)
        {
            return rejection.Message + "\n";
        }
    }

    private string? CheckArgument(Verifier verifier, CallChecker calls, int index)
    {
        var register = (Register)(index + 1);
        ref RegisterState state = ref verifier[register];
        (PassedKind kind, int size) = _parameters[index];
        switch (kind)
        {
            case PassedKind.Scalar:
                return state.Kind == RegisterKind.Scalar ? null : $"R{index + 1} is not a scalar";
            case PassedKind.Context:
                calls.CheckOffset(Arguments.Any, register);
                return state.Kind == RegisterKind.Context ? null : $"arg#{index} expects pointer to ctx";
            case PassedKind.Dynptr:
                if (state.Kind is not (RegisterKind.Stack or RegisterKind.Dynptr))
                    return $"arg#{index} expected pointer to stack or const struct bpf_dynptr";
                calls.CheckDynptr(Arguments.DynptrIn, register, verifier.Slot);
                return null;
            default:
                calls.CheckOffset(Arguments.Any, register);
                verifier.CheckPassedMemory(register, size);
                return kind == PassedKind.Memory && verifier[register].MayBeNull ? $"arg#{index} is expected to be non-NULL" : null;
        }
    }

    /// <summary>Gives a global function's first frame its arguments.</summary>
    public void Prepare(FunctionState frame, Verifier verifier)
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            (PassedKind kind, int size) = _parameters[i];
            ref RegisterState register = ref frame.Registers[i + 1];
            register = kind switch
            {
                PassedKind.Scalar => RegisterState.UnknownScalar(),
                PassedKind.Context => RegisterState.Pointer(RegisterKind.Context),
                PassedKind.Dynptr => RegisterState.Pointer(RegisterKind.Dynptr),
                PassedKind.Memory => RegisterState.Pointer(RegisterKind.Memory),
                _ => RegisterState.Pointer(RegisterKind.Memory, RegisterFlags.MayBeNull),
            };
            if (kind is PassedKind.Memory or PassedKind.MemoryOrNull)
                register.Detail = size;
            if (kind is PassedKind.MemoryOrNull or PassedKind.Dynptr)
                register.Id = verifier.NewId();
            if (kind == PassedKind.Dynptr)
                (register.DynptrKind, register.DynptrFirst) = (DynptrKind.Local, true);
        }
    }

    private string? ReadParameters(Btf types, int functionId, BtfPrototype prototype, ProgramType program)
    {
        int count = prototype.Parameters.Length;
        if (count > MaxParameters)
            return $"Global function {Name}() with {count} > {MaxParameters} args. Buggy compiler.";
        BtfType returned = types[types.SkipModifiers(prototype.ReturnTypeId)];
        if (returned is not BtfInt && !returned.IsEnum)
            return $"Global function {Name}() doesn't return scalar. Only those are supported.";
        var parameters = ImmutableArray.CreateBuilder<(PassedKind, int)>(count);
        for (int i = 0; i < count; i++)
        {
            if (ReadParameter(types, functionId, i, prototype.Parameters[i].TypeId, program, out (PassedKind, int) parameter) is { } problem)
                return problem;
            parameters.Add(parameter);
        }
        _parameters = parameters.ToImmutable();
        return null;
    }

    private string? ReadParameter(Btf types, int functionId, int index, int typeId, ProgramType program, out (PassedKind, int) parameter)
    {
        parameter = (PassedKind.Scalar, 0);
        bool isContext = HasTag(types, functionId, index, "arg:ctx"), nonNull = HasTag(types, functionId, index, "arg:nonnull");
        BtfType type = types[types.SkipModifiers(typeId)];
        if (type is not BtfPointer pointer)
        {
            return type is BtfInt || type.IsEnum ? null : $"Arg#{index} type {KindName(type)} in {Name}() is not supported yet.";
        }
        int targetId = types.SkipModifiers(pointer.TypeId);
        BtfType target = types[targetId];
        if (isContext || (target.IsComposite && target.Name == ContextName(program)))
        {
            parameter = (PassedKind.Context, 0);
            return null;
        }
        if (target is { IsComposite: true, Name: "bpf_dynptr" })
        {
            parameter = (PassedKind.Dynptr, 0);
            return null;
        }
        if (targetId == 0 || types.TrySizeOf(targetId) is not { } size || size > int.MaxValue)
            return $"arg#{index} reference type('{KindName(target)} {target.Name}') size cannot be determined: -22";
        parameter = (nonNull ? PassedKind.Memory : PassedKind.MemoryOrNull, (int)size);
        return null;
    }

    // The user's view of each type's context (bpf_ctx_convert in the kernel's BTF).
    private static string ContextName(ProgramType program) => program switch
    {
        ProgramType.Xdp => "xdp_md",
        ProgramType.SkMsg => "sk_msg_md",
        ProgramType.SkLookup => "bpf_sk_lookup",
        ProgramType.SkReuseport => "sk_reuseport_md",
        ProgramType.PerfEvent => "bpf_perf_event_data",
        ProgramType.Kprobe => "pt_regs",
        ProgramType.RawTracepoint or ProgramType.RawTracepointWritable => "bpf_raw_tracepoint_args",
        ProgramType.SockOps => "bpf_sock_ops",
        ProgramType.CgroupSock => "bpf_sock",
        ProgramType.CgroupSockAddr => "bpf_sock_addr",
        ProgramType.CgroupDevice => "bpf_cgroup_dev_ctx",
        ProgramType.CgroupSysctl => "bpf_sysctl",
        ProgramType.CgroupSockopt => "bpf_sockopt",
        _ => "__sk_buff",
    };

    private static string KindName(BtfType type) => type.Kind switch
    {
        BtfKind.Void => "UNKNOWN",
        BtfKind.Pointer => "PTR",
        BtfKind.Forward => "FWD",
        BtfKind.Prototype => "FUNC_PROTO",
        BtfKind.Function => "FUNC",
        BtfKind kind => kind.ToString().ToUpperInvariant(),
    };

    private static bool HasTag(Btf types, int functionId, int index, string tag)
    {
        for (int id = functionId; id < types.Count; id++)
        {
            if (types[id] is BtfDeclarationTag declaration && declaration.TypeId == functionId && declaration.Component == index && declaration.Name == tag)
                return true;
        }
        return false;
    }
}
