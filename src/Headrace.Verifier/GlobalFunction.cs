using System.Collections.Immutable;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>A global function: what its BTF prototype says, which is all that callers and itself know of each other.</summary>
internal sealed class GlobalFunction
{
    private static readonly string[] s_contexts = ["xdp_md", "__sk_buff", "sk_buff", "xdp_buff", "bpf_user_pt_regs_t", "pt_regs", "sk_msg_md", "bpf_raw_tracepoint_args"];

    private readonly ImmutableArray<(GlobalArgumentKind Kind, int Size, bool NonNull)> _arguments;

    private GlobalFunction(string name, bool returnsVoid, ImmutableArray<(GlobalArgumentKind, int, bool)> arguments) =>
        (Name, ReturnsVoid, _arguments) = (name, returnsVoid, arguments);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>True when it returns nothing.</summary>
    public bool ReturnsVoid { get; }

    /// <summary>True when it, or what it calls, may move the packet.</summary>
    public bool ChangesPacket { get; set; }

    /// <summary>True when a walked path calls it.</summary>
    public bool IsCalled { get; set; }

    /// <summary>True once it was verified on its own.</summary>
    public bool IsVerified { get; set; }

    /// <summary>Reads a function's prototype; null when BTF does not say it is global.</summary>
    public static GlobalFunction? Read(Btf? types, FunctionSpec spec)
    {
        if (types is null || spec.TypeId == 0 || types[spec.TypeId] is not BtfFunction { Linkage: BtfLinkage.Global } function)
            return null;
        if (types[function.TypeId] is not BtfPrototype prototype)
            return null;
        var arguments = ImmutableArray.CreateBuilder<(GlobalArgumentKind, int, bool)>();
        for (int i = 0; i < prototype.Parameters.Length; i++)
            arguments.Add(ReadArgument(types, prototype.Parameters[i].TypeId, spec.TypeId, i));
        return new GlobalFunction(spec.Name, prototype.ReturnTypeId == 0, arguments.ToImmutable());
    }

    /// <summary>Checks the arguments of a call in the current frame.</summary>
    /// <returns>What is wrong, or null.</returns>
    public string? CheckCall(Verifier verifier)
    {
        for (int i = 0; i < _arguments.Length; i++)
        {
            var register = (Register)(i + 1);
            ref RegisterState state = ref verifier[register];
            (GlobalArgumentKind kind, int size, bool nonNull) = _arguments[i];
            switch (kind)
            {
                case GlobalArgumentKind.Scalar when state.Kind != RegisterKind.Scalar:
                    return $"R{i + 1} is not a scalar";
                case GlobalArgumentKind.Context when state.Kind != RegisterKind.Context || state.Offset != 0:
                    return $"R{i + 1} type={state.KindName} expected=ctx";
                case GlobalArgumentKind.Memory:
                    if (state.IsZero && !nonNull)
                        continue;
                    if (state.MayBeNull && nonNull)
                        return $"arg#{i} is expected to be non-NULL";
                    CheckMemory(verifier, register, size);
                    break;
                case GlobalArgumentKind.Unsupported:
                    return $"arg#{i} cannot be passed";
            }
        }
        return null;
    }

    /// <summary>Gives the function's own first frame its arguments.</summary>
    /// <returns>False when it takes something that cannot be passed.</returns>
    public bool Prepare(FunctionState frame, Verifier verifier)
    {
        for (int i = 0; i < _arguments.Length; i++)
        {
            ref RegisterState register = ref frame.Registers[i + 1];
            (GlobalArgumentKind kind, int size, bool nonNull) = _arguments[i];
            switch (kind)
            {
                case GlobalArgumentKind.Scalar:
                    register = RegisterState.UnknownScalar();
                    break;
                case GlobalArgumentKind.Context:
                    register = RegisterState.Pointer(RegisterKind.Context);
                    break;
                case GlobalArgumentKind.Memory:
                    register = RegisterState.Pointer(RegisterKind.Memory, nonNull ? RegisterFlags.None : RegisterFlags.MayBeNull);
                    register.Detail = size;
                    register.Id = nonNull ? 0 : verifier.NewId();
                    break;
                default:
                    return false;
            }
        }
        return true;
    }

    private static void CheckMemory(Verifier verifier, Register register, int size)
    {
        ref RegisterState state = ref verifier[register];
        RegisterFlags flags = state.Flags;
        int id = state.Id;
        state.Flags &= ~RegisterFlags.MayBeNull;
        verifier.CheckHelperMemory(register, size, MemoryAccess.Read | MemoryAccess.Write, zeroAllowed: true, mayBeUninitialized: false);
        (state.Flags, state.Id) = (flags, id);
    }

    private static (GlobalArgumentKind Kind, int Size, bool NonNull) ReadArgument(Btf types, int typeId, int functionId, int index)
    {
        bool isContext = HasTag(types, functionId, index, "arg:ctx");
        bool nonNull = HasTag(types, functionId, index, "arg:nonnull");
        BtfType type = types[types.SkipModifiers(typeId)];
        if (type is BtfInt { Size: <= 8 } || type.IsEnum)
            return (GlobalArgumentKind.Scalar, 0, false);
        if (type is not BtfPointer pointer)
            return (GlobalArgumentKind.Unsupported, 0, false);
        int target = types.SkipModifiers(pointer.TypeId);
        if (isContext || (types[target].IsComposite && s_contexts.Contains(types[target].Name)))
            return (GlobalArgumentKind.Context, 0, false);
        return target != 0 && types.TrySizeOf(target) is { } size and <= int.MaxValue
            ? (GlobalArgumentKind.Memory, (int)size, nonNull)
            : (GlobalArgumentKind.Unsupported, 0, false);
    }

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
