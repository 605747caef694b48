using System.Buffers;

namespace Headrace.Linux;

/// <summary>Room for every processor's value of an element: on the caller's stack where it fits, else rented.</summary>
internal readonly ref struct ValueBuffer
{
    public const int OnStack = 1024;

    private readonly byte[]? _rented;

    public ValueBuffer(KernelMap map, Span<byte> stack)
    {
        Stride = (map.ValueSize + 7) & ~7;
        int size = map.ValueBufferSize;
        _rented = size > stack.Length ? ArrayPool<byte>.Shared.Rent(size) : null;
        Bytes = (_rented ?? stack)[..size];
        Bytes.Clear();
    }

    /// <summary>The values, each at a multiple of <see cref="Stride"/>.</summary>
    public Span<byte> Bytes { get; }

    public int Stride { get; }

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
    }
}
