using Headrace.Linux.Sys;
using Headrace.Objects;

namespace Headrace.Linux;

/// <summary>A program the kernel has verified, compiled and holds. Dispose of it to let it go; links and program arrays keep it alive.</summary>
public sealed partial class KernelProgram : IDisposable
{
    private readonly Descriptor _descriptor;
    private uint _id;

    private KernelProgram(ProgramSpec spec, Descriptor descriptor, string log)
    {
        Spec = spec;
        Log = log;
        _descriptor = descriptor;
    }

    /// <summary>What the program was made from; for one that was opened by number or path, what the kernel tells of it, without instructions.</summary>
    public ProgramSpec Spec { get; }

    /// <summary>Name from the spec; the kernel keeps the first 15 bytes of it.</summary>
    public string Name => Spec.Name;

    /// <summary>What the verifier wrote, when a log was asked for; else empty.</summary>
    public string Log { get; }

    /// <summary>The descriptor, for a call made while this object is alive.</summary>
    internal Descriptor Descriptor => _descriptor;

    private string Subject => $"program '{Name}'";

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
