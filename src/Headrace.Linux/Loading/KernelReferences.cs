using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux;

/// <summary>
/// What programs name of the kernel, found in its types: functions they call, variables and functions whose addresses they take, code they
/// attach to.
/// </summary>
/// <remarks>A function is looked for in the kernel's own types, then in those of its modules, which are opened once and stay open meanwhile.</remarks>
internal sealed class KernelReferences : IDisposable
{
    /// <summary>Number of a helper that no kernel has, for calls of functions this kernel lacks: an error only where it can be reached.</summary>
    public const int MissingFunction = 2_002_000_000;

    private List<(KernelBtf Handle, Btf Types)>? _modules;
    private KernelSymbolTable? _symbols;

    /// <summary>Finds a function.</summary>
    /// <returns>Its type's id, and the module's types where it is not the kernel's own; null when there is none.</returns>
    public (int TypeId, KernelBtf? Module)? FindFunction(string name)
    {
        if (!KernelBtf.IsOfKernelAvailable)
            return null;
        if (KernelBtf.OfKernel.Find(name, BtfKind.Function) is var own and not 0)
            return (own, null);
        foreach ((KernelBtf handle, Btf types) in _modules ??= OpenModules())
        {
            foreach (int id in types.FindAll(name))
            {
                if (id >= types.FirstOwnId && types[id].Kind == BtfKind.Function)
                    return (id, handle);
            }
        }
        return null;
    }

    /// <summary>The type id of a variable of the kernel; 0 when it has none of that name.</summary>
    public static int FindVariable(string name) => KernelBtf.IsOfKernelAvailable ? KernelBtf.OfKernel.Find(name, BtfKind.Variable) : 0;

    /// <summary>The address of a symbol; 0 when there is none, or none is shown.</summary>
    public ulong AddressOf(string name) => (_symbols ??= KernelSymbolTable.Load()).AddressOf(name) ?? 0;

    /// <summary>The kernel code that a typed program attaches to.</summary>
    /// <returns>Its type's id; 0 for programs that do not attach to such.</returns>
    /// <exception cref="UnsupportedFeatureException">This kernel does not have it.</exception>
    public static int FindAttachTarget(ProgramSpec program)
    {
        (string prefix, BtfKind kind) = (program.Type, program.ExpectedAttachType) switch
        {
            (ProgramType.Lsm, _) => ("bpf_lsm_", BtfKind.Function),
            (ProgramType.Tracing, AttachType.TraceRawTp) => ("btf_trace_", BtfKind.Typedef),
            (ProgramType.Tracing, AttachType.TraceIter) => ("bpf_iter_", BtfKind.Function),
            (ProgramType.Tracing, _) => ("", BtfKind.Function),
            _ => ("", BtfKind.Void),
        };
        if (kind == BtfKind.Void)
            return 0;
        int id = KernelBtf.IsOfKernelAvailable ? KernelBtf.OfKernel.Find(prefix + program.AttachTarget, kind) : 0;
        return id != 0
            ? id
            : throw new UnsupportedFeatureException($"program '{program.Name}'", $"'{prefix}{program.AttachTarget}' in the kernel's types", $"programs of type {program.Type} attach to such, and this kernel has nothing of that name");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((KernelBtf handle, _) in _modules ?? [])
            handle.Dispose();
    }

    private static List<(KernelBtf, Btf)> OpenModules()
    {
        List<(KernelBtf, Btf)> modules = [];
        foreach (uint id in KernelBtf.Ids())
        {
            KernelBtf? handle = KernelBtf.TryOpen(id);
            if (handle?.GetInfo() is { IsKernel: true, Name: not "vmlinux" })
                modules.Add((handle, handle.GetTypes()));
            else
                handle?.Dispose();
        }
        return modules;
    }
}
