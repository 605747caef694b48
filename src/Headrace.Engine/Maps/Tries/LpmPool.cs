namespace Headrace.Engine;

/// <summary>Pieces of one size in blocks that never move and double in number: a trie costs what it holds, whatever its limit.</summary>
/// <remarks>
/// Take and give back under the owner's lock; <see cref="OffsetInside"/> from any thread. A piece's memory is only ever a piece of the same
/// pool, and stays readable until <see cref="Dispose"/>: readers that come too late see old or other contents, never another kind of thing.
/// What programs may hold the address of is retired: it keeps its contents until the bursts are over that could have found it.
/// </remarks>
/// <param name="stride">Bytes of a piece, a multiple of 8.</param>
/// <param name="mostRetired">Pieces that may wait while one burst goes on and on.</param>
internal sealed unsafe class LpmPool(uint stride, int mostRetired = 1 << 20) : IDisposable
{
    private const int FirstBlock = 64;

    // So many pieces are looked after at once.
    private const int RetiredAtOnce = 1024;


    private volatile NativeBlock[] _blocks = [];
    private byte** _free;
    private ulong _untouched;
    private Batch _retired;
    private Batch _waiting;
    private ulong _period;

    /// <summary>A piece: zero when fresh, else with what it held but for its first 8 bytes.</summary>
    /// <exception cref="OutOfMemoryException">The system has no memory, or too much of it waits for a burst's end.</exception>
    public byte* Take()
    {
        if (_retired.Count >= mostRetired && !Collect())
            throw new OutOfMemoryException();
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

    /// <summary>Takes a piece back that nobody can find any more, but programs may still hold the address of. Its first 8 bytes become a link to another.</summary>
    public void Retire(void* piece)
    {
        _retired.Add((byte**)piece);
        if (_retired.Count % RetiredAtOnce == 0)
            Collect();
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
        _retired = _waiting = default;
        _blocks = [];
    }

    // Lets pieces be used that have waited long enough, and others begin to wait.
    private bool Collect()
    {
        if (_waiting.Count > 0)
        {
            if (!GracePeriods.HasPassed(_period))
                return false;
            *_waiting.Last = (byte*)_free;
            _free = _waiting.First;
        }
        _waiting = _retired;
        _retired = default;
        _period = GracePeriods.Start();
        return true;
    }

    // Pieces that are linked by their first 8 bytes.
    private struct Batch
    {
        public byte** First;
        public byte** Last;
        public int Count;

        public void Add(byte** piece)
        {
            *piece = (byte*)First;
            First = piece;
            if (Count++ == 0)
                Last = piece;
        }
    }
}
