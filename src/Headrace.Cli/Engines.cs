using Headrace.Engine;

namespace Headrace.Cli;

/// <summary>The engines that <c>--engine</c> names.</summary>
internal static class Engines
{
    /// <summary>The engine that stands for the kernel's own test run.</summary>
    public const string Kernel = "kernel";

    private static readonly Dictionary<string, EngineKind> s_kinds = new(StringComparer.Ordinal)
    {
        ["interpreter"] = EngineKind.Interpreter,
        ["jit"] = EngineKind.Jit,
        ["batch"] = EngineKind.Batch,
        ["dataflow"] = EngineKind.Dataflow,
    };

    private static readonly string[] s_planned = ["nfp", "gateware"];

    /// <summary>The engine of ours that a name stands for.</summary>
    /// <exception cref="UsageException">There is none, or none yet.</exception>
    public static EngineKind Parse(string name, bool withKernel)
    {
        if (s_kinds.TryGetValue(name, out EngineKind kind))
            return kind;
        string known = string.Join(", ", s_kinds.Keys.Concat(withKernel ? [Kernel] : []));
        throw new UsageException(s_planned.Contains(name)
            ? $"engine '{name}' does not exist yet; there are: {known}"
            : $"there is no engine '{name}'; there are: {known}");
    }
}
