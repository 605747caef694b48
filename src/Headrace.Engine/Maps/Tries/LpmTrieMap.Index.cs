namespace Headrace.Engine;

internal sealed unsafe partial class LpmTrieMap
{
    // Elements from which on the index pays: its first table alone is half a megabyte, of which the system backs what is used.
    private const uint IndexFrom = 256;

    private LpmIndex? _index;
    private LpmIndex? _spoiltIndex;
    private nint _indexRoot;
    private nint _replacedOld, _replacedBy;

    // Bytes that an element costs in index and trie, roughly.
    private const ulong ElementBytes = 64;

    internal override bool CanStage => _dataSize is >= LpmIndex.RootBytes and <= 2 * sizeof(ulong);

    internal override ulong UsedBytes => _count * ElementBytes;

    internal override bool Stage(byte* key, StagedLookup* lookup, int cpu)
    {
        ulong* index = (ulong*)Volatile.Read(ref _indexRoot);
        if (index == null || *(uint*)key != _longest)
            return false;
        lookup->Size = _dataSize;
        Buffer.MemoryCopy(key + PrefixBytes, &lookup->First, 2 * sizeof(ulong), _dataSize);
        LpmIndex.Stage(index, lookup);
        return true;
    }

    /// <summary>Brings the index up to date after a change of the trie, and lets nodes be used again that have left both.</summary>
    private int Settle(byte* key)
    {
        try
        {
            if (_replacedBy == 0)
                _index?.Refresh(*_root, _dataSize == sizeof(uint) ? _passed : null, key + PrefixBytes, (int)*(uint*)key);
            else
                _index?.Replace((LpmNode*)_replacedOld, (LpmNode*)_replacedBy);
            if (_index is null && _spoiltIndex is null && _count >= IndexFrom && _dataSize >= LpmIndex.RootBytes)
            {
                _index = new LpmIndex(_dataSize, *_root);
                Volatile.Write(ref _indexRoot, (nint)_index.Root);
            }
            MakeShortcuts();
        }
        catch (OutOfMemoryException)
        {
            // Look-ups do without. Readers may still be in it, so that its memory stays as long as the map's.
            _spoiltIndex = _index;
            _index = null;
            Volatile.Write(ref _indexRoot, 0);
        }
        _replacedOld = _replacedBy = 0;
        Volatile.WriteBarrier();
        Volatile.Write(ref _version, _version + 1);
        Volatile.WriteBarrier();
        foreach (nint node in _retired)
            Forget((LpmNode*)node);
        _retired.Clear();
        _index?.Reclaim();
        return 0;
    }
}
