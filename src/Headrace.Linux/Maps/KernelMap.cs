using Headrace.Bytecode;
using Headrace.Linux.Sys;
using Headrace.Objects;

namespace Headrace.Linux;

/// <summary>A map the kernel holds. Dispose of it to let it go; programs that use it keep it alive.</summary>
/// <remarks>
/// Values are exchanged as bpf(2) does it: <see cref="ValueBufferSize"/> bytes, which for per-CPU maps is the value of every possible
/// processor one behind the other, each padded to 8 bytes. The raw face (<c>Try...</c>) answers 0 or -errno; the public one throws.
/// </remarks>
public sealed partial class KernelMap : IDisposable
{
    private readonly Descriptor _descriptor;

    private KernelMap(MapSpec spec, Descriptor descriptor)
    {
        Spec = spec;
        _descriptor = descriptor;
        KeySize = checked((int)spec.KeySize);
        ValueSize = checked((int)spec.ValueSize);
    }

    /// <summary>What the map was made from; for one that was opened by number or path, what the kernel tells of it.</summary>
    public MapSpec Spec { get; }

    /// <summary>Name from the spec; the kernel keeps the first 15 bytes of it.</summary>
    public string Name => Spec.Name;

    /// <summary>Structure and semantics.</summary>
    public MapType Type => Spec.Type;

    /// <summary>Key size in bytes; 0 for maps without keys.</summary>
    public int KeySize { get; }

    /// <summary>Value size in bytes as a program sees it (one processor's).</summary>
    public int ValueSize { get; }

    /// <summary>Bytes that one look-up gives and one update takes.</summary>
    public int ValueBufferSize => IsPerCpu ? ((ValueSize + 7) & ~7) * Processors.Possible : ValueSize;

    /// <summary>True when an element holds one value for each possible processor.</summary>
    public bool IsPerCpu => Type is MapType.PerCpuArray or MapType.PerCpuHash or MapType.LruPerCpuHash
        or MapType.PerCpuCgroupStorage;

    /// <summary>The descriptor, for a call made while this object is alive.</summary>
    internal Descriptor Descriptor => _descriptor;

    private string Subject => $"map '{Name}'";

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    // The subject is put together for errors only: operations on elements allocate nothing.
    private void ThrowIfError(int result, string call)
    {
        if (result < 0)
            throw new KernelException(call, Subject, -result);
    }
}
