using System.Buffers;

namespace Headrace.Linux;

/// <summary>Memory shared with the kernel as <see cref="Memory{T}"/>, which asynchronous readers can hold on to across awaits.</summary>
internal sealed unsafe class MappedMemoryManager(byte* address, int length) : MemoryManager<byte>
{
    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new(address, length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(address + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
