namespace Headrace.Engine;

/// <summary>Pieces of one size in blocks that never move and double in number: a trie costs what it holds, whatever its limit.</summary>
/// <remarks>
/// Take and give back under the owner's lock; <see cref="OffsetInside"/> from any thread. A piece's memory is only ever a piece of the same
/// pool, and stays readable until <see cref="Dispose"/>: readers that come too late see old or other contents, never another kind of thing.
/// </remarks>
internal sealed unsafe class LpmPool(uint stride) : IDisposable
{
    private const int FirstBlock = 64;

    private volatile NativeBlock[] _blocks = [];
    private byte** _free;
    private ulong _untouched;

    /// <summary>A piece: zero when fresh, else with what it held but for its first 8 bytes.</summary>
    /// <exception cref="OutOfMemoryException">The system has no memory.</exception>
    public byte* Take()
    {
        if (_free != null)
        {
            byte** piece = _free;
            _free = (byte**)*piece;
            return (byte*)piece;
        }
        if (_untouched == 0)
        {
            ulong count = (ulong)FirstBlock << _blocks.Length;
            _blocks = [.. _blocks, new NativeBlock(count, stride).PreferHugePages()];
            _untouched = count;
        }
        NativeBlock block = _blocks[^1];
        return block.Address + block.Length - _untouched-- * stride;
    }

    /// <summary>Takes a piece back; its first 8 bytes become a link to another. Readers may still be in it: its owner has made them notice.</summary>
    public void Return(void* piece)
    {
        *(byte**)piece = (byte*)_free;
        _free = (byte**)piece;
    }

    /// <summary>How far inside its piece an address is; null when it is in none.</summary>
    public ulong? OffsetInside(ulong address)
    {
        foreach (NativeBlock block in _blocks)
        {
            ulong offset = address - (ulong)block.Address;
            if (offset < block.Length)
                return offset % stride;
        }
        return null;
    }

    public void Dispose()
    {
        foreach (NativeBlock block in _blocks)
            block.Dispose();
        _free = null;
        _untouched = 0;
        _blocks = [];
    }
}
