using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Longest-prefix match (<c>BPF_MAP_TYPE_LPM_TRIE</c>): keys are a prefix length in host order, then the address in network order.</summary>
/// <remarks>
/// A binary trie with one node for each element and branch, and from some elements on an <see cref="LpmIndex"/> that saves look-ups of whole
/// addresses most of its steps. Look-ups take no lock: a version, raised when nodes have left trie and index and before they are used again,
/// tells them whether to look once more. Order of iteration as the kernel's: children before their parent, bit 0 first.
/// </remarks>
internal sealed unsafe partial class LpmTrieMap : Map
{
    private const int OptimisticSearches = 64;
    private const int PrefixBytes = 4;
    private const int LongestAddress = 16;

    private readonly Lock _writers = new();
    private readonly LpmPool _pool;
    private readonly List<nint> _retired = [];
    private readonly NativeBlock _rootMemory = new(1, (ulong)sizeof(LpmNode*));
    private readonly LpmNode** _root;
    private readonly int _dataSize;
    private readonly int _valueOffset;
    private readonly uint _longest;
    private uint _version;
    private uint _count;

    public LpmTrieMap(MapSpec spec, int cpus) : base(spec, cpus)
    {
        _dataSize = KeySize - PrefixBytes;
        _longest = (uint)_dataSize * 8;
        _valueOffset = NativeBytes.RoundUp8(LpmNode.HeaderSize + _dataSize);
        _pool = new LpmPool((uint)NativeBytes.RoundUp8(checked(_valueOffset + ValueSize)));
        _root = (LpmNode**)_rootMemory.Address;
    }

    internal override byte* Lookup(byte* key, int cpu)
    {
        uint version = Volatile.Read(ref _version);
        LpmNode* found = Search(key);
        Volatile.ReadBarrier();
        return _version == version ? Value(found) : LookupAmongWrites(key);
    }

    internal override int Update(byte* key, byte* value, ulong flags, int cpu)
    {
        if (flags > (ulong)MapUpdateFlags.Exist || *(uint*)key > _longest)
            return -Errno.EINVAL;
        lock (_writers)
        {
            try
            {
                int result = Insert(key, value, flags);
                return result == 0 ? Settle(key) : result;
            }
            catch (OutOfMemoryException)
            {
                return -Errno.ENOMEM;
            }
        }
    }

    internal override int Delete(byte* key)
    {
        if (*(uint*)key > _longest)
            return -Errno.EINVAL;
        lock (_writers)
        {
            int result = Remove(key);
            return result == 0 ? Settle(key) : result;
        }
    }

    internal override int NextKey(byte* key, byte* next)
    {
        lock (_writers)
        {
            LpmNode* node = *_root;
            if (node == null)
                return -Errno.ENOENT;
            node = key == null || *(uint*)key > _longest ? First(node) : After(key);
            if (node == null)
                return -Errno.ENOENT;
            *(uint*)next = node->PrefixLength;
            NativeBytes.Copy(next + PrefixBytes, LpmNode.Data(node), _dataSize);
            return 0;
        }
    }

    internal override bool Contains(ulong address, ulong size)
    {
        if (_pool.OffsetInside(address) is not { } offset)
            return false;
        ulong inside = offset - (ulong)_valueOffset; // of what is in front: beyond any size
        return inside <= (ulong)ValueSize && size <= (ulong)ValueSize - inside;
    }

    private protected override bool HasBatchLookup => true;

    private protected override bool HasBatchUpdate => true;

    private protected override bool HasBatchDelete => true;

    private protected override int CopyOut(byte* key, byte* value, ulong flags)
    {
        if (*(uint*)key > _longest)
            return -Errno.ENOENT;
        lock (_writers)
        {
            byte* found = Value(Search(key));
            if (found == null)
                return -Errno.ENOENT;
            Layout.Read(value, found);
            return 0;
        }
    }

    // What user code updates most are elements that are there, and a small value is written in one store: no program sees half of it. A program that
    // holds its address meanwhile reads the new value, where the kernel would have it read the old one until its end.
    private protected override int CopyIn(byte* key, byte* value, ulong flags)
    {
        uint length = *(uint*)key;
        if (flags is (ulong)MapUpdateFlags.Any or (ulong)MapUpdateFlags.Exist && length <= _longest
            && ValueSize is sizeof(uint) or sizeof(ulong) && _dataSize <= LongestAddress)
        {
            byte* address = stackalloc byte[PrefixBytes + LongestAddress];
            *(uint*)address = _longest;
            NativeBytes.Copy(address + PrefixBytes, key + PrefixBytes, _dataSize);
            lock (_writers)
            {
                LpmNode* found = Search(address);
                // Bits behind the prefix are kept as they came, and shown when keys are listed.
                if (found != null && found->PrefixLength == length && Match(LpmNode.Data(found), key + PrefixBytes, _longest) == _longest)
                {
                    Layout.Write(Value(found), value);
                    return 0;
                }
            }
        }
        return Update(key, value, flags, 0);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _rootMemory.Dispose();
        _index?.Dispose();
        _spoiltIndex?.Dispose();
        _shortcuts?.Dispose();
        _pool.Dispose();
    }

    private byte* Value(LpmNode* node) => node == null ? null : (byte*)node + _valueOffset;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* LookupAmongWrites(byte* key)
    {
        LpmNode* found;
        for (int attempt = 0; attempt < OptimisticSearches; attempt++)
        {
            uint version = Volatile.Read(ref _version);
            found = Search(key);
            Volatile.ReadBarrier();
            if (_version == version)
                return Value(found);
        }
        lock (_writers)
            found = Search(key);
        return Value(found);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private LpmNode* Search(byte* key)
    {
        uint length = *(uint*)key;
        ulong* index = (ulong*)Volatile.Read(ref _indexRoot);
        if (length == _longest && index != null)
        {
            LpmNode* found = LpmIndex.Search(index, key + PrefixBytes, _dataSize, out LpmNode* next);
            return next == null ? found : Walk(next, found, key + PrefixBytes, length);
        }
        return length > _longest ? null : Walk((LpmNode*)Volatile.Read(ref *(nint*)_root), null, key + PrefixBytes, length);
    }

    private LpmNode* Walk(LpmNode* node, LpmNode* found, byte* data, uint length)
    {
        while (node != null)
        {
            uint own = node->PrefixLength;
            uint match = Match(LpmNode.Data(node), data, Math.Min(own, length));
            if (match < own)
                break;
            if (node->IsBranch == 0)
                found = node;
            if (match >= _longest)
                break;
            LpmNode* child = (LpmNode*)Volatile.Read(ref *(nint*)LpmNode.Child(node, Bit(data, own)));
            // Prefixes grow on the way down; where they do not, a writer has reused the node under the reader.
            if (child != null && child->PrefixLength <= own)
                break;
            node = child;
        }
        return found;
    }

    private int Insert(byte* key, byte* value, ulong flags)
    {
        byte* data = key + PrefixBytes;
        uint length = *(uint*)key;
        LpmNode** link = Descend(key, out LpmNode* node, out uint match, out _, out _);
        bool same = node != null && node->PrefixLength == match && match == length;
        bool exists = same && node->IsBranch == 0;
        if (exists && flags == (ulong)MapUpdateFlags.NoExist)
            return -Errno.EEXIST;
        if (!exists && flags == (ulong)MapUpdateFlags.Exist)
            return -Errno.ENOENT;
        if (!exists && _count == MaxEntries)
            return -Errno.ENOSPC;

        LpmNode* added = (LpmNode*)_pool.Take();
        NativeBytes.Copy(LpmNode.Data(added), data, _dataSize);
        Layout.WriteNew(Value(added), value);
        added->PrefixLength = (ushort)length;
        added->IsBranch = 0;
        added->Zero = added->One = null;
        if (same)
        {
            added->Zero = node->Zero;
            added->One = node->One;
            Publish(link, added);
            Retire(node);
            if (exists)
                (_replacedOld, _replacedBy) = ((nint)node, (nint)added);
        }
        else if (node == null)
        {
            Publish(link, added);
        }
        else if (match == length)
        {
            *LpmNode.Child(added, Bit(LpmNode.Data(node), match)) = node;
            Publish(link, added);
        }
        else
        {
            LpmNode* branch = TakeBranch(added);
            NativeBytes.Copy(LpmNode.Data(branch), LpmNode.Data(node), _dataSize);
            branch->PrefixLength = (ushort)match;
            branch->IsBranch = 1;
            bool bit = Bit(data, match);
            *LpmNode.Child(branch, bit) = added;
            *LpmNode.Child(branch, !bit) = node;
            Publish(link, branch);
        }
        if (!exists)
            _count++;
        return 0;
    }

    private LpmNode* TakeBranch(LpmNode* added)
    {
        try
        {
            return (LpmNode*)_pool.Take();
        }
        catch (OutOfMemoryException)
        {
            Forget(added);
            throw;
        }
    }

    private int Remove(byte* key)
    {
        LpmNode** link = Descend(key, out LpmNode* node, out uint match, out LpmNode* parent, out LpmNode** parentLink);
        if (node == null || node->PrefixLength != match || match != *(uint*)key || node->IsBranch != 0)
            return -Errno.ENOENT;
        _count--;
        if (node->Zero != null && node->One != null)
        {
            node->IsBranch = 1;
            return 0;
        }
        LpmNode* child = node->Zero != null ? node->Zero : node->One;
        if (child == null && parent != null && parent->IsBranch != 0)
        {
            if (parentLink == null)
                Descend(key, out _, out _, out _, out parentLink, direct: false);
            Publish(parentLink, parent->Zero == node ? parent->One : parent->Zero);
            Retire(parent);
        }
        else
        {
            Publish(link, child);
        }
        Retire(node);
        return 0;
    }

    // Goes down while nodes are shorter prefixes of the key; ends at the link to the key's node or where it belongs. By a shortcut where there
    // is one: the link to the parent is then null when that is where it led.
    private LpmNode** Descend(byte* key, out LpmNode* node, out uint match, out LpmNode* parent, out LpmNode** parentLink, bool direct = true)
    {
        byte* data = key + PrefixBytes;
        uint length = *(uint*)key;
        LpmNode** link = _root;
        parent = null;
        parentLink = null;
        match = 0;
        LpmNode** shortcut = direct ? ShortcutOf(data, length) : null;
        if (shortcut != null && IsOnTheWay(*shortcut, data, length))
        {
            parent = *shortcut;
            match = parent->PrefixLength;
            link = LpmNode.Child(parent, Bit(data, match));
        }
        LpmNode* deepest = parent;
        while ((node = *link) != null)
        {
            match = Match(LpmNode.Data(node), data, Math.Min(node->PrefixLength, length));
            if (node->PrefixLength != match || node->PrefixLength == length)
                break;
            parent = node;
            parentLink = link;
            link = LpmNode.Child(node, Bit(data, match));
            if (match <= ShortcutBits)
                deepest = node;
        }
        if (shortcut != null)
            *shortcut = deepest;
        _passed = shortcut != null ? deepest : null;
        return link;
    }

    // The first of a subtree in the order of iteration. A branch always has two children, so there is one.
    private static LpmNode* First(LpmNode* node)
    {
        while (node->Zero != null || node->One != null)
            node = node->Zero != null ? node->Zero : node->One;
        return node;
    }

    private LpmNode* After(byte* key)
    {
        byte* data = key + PrefixBytes;
        uint length = *(uint*)key;
        LpmNode** path = stackalloc LpmNode*[(int)_longest + 1];
        int depth = -1;
        LpmNode* node = *_root;
        while (node != null)
        {
            path[++depth] = node;
            uint match = Match(LpmNode.Data(node), data, Math.Min(node->PrefixLength, length));
            if (node->PrefixLength != match)
                return First(*_root);
            if (match == length)
                break;
            node = *LpmNode.Child(node, Bit(data, match));
        }
        if (node == null || node->IsBranch != 0)
            return First(*_root);
        for (; depth > 0; depth--)
        {
            LpmNode* parent = path[depth - 1];
            if (parent->Zero == path[depth] && parent->One != null)
                return First(parent->One);
            if (parent->IsBranch == 0)
                return parent;
        }
        return null;
    }

    // Nothing of the trie leads to the node any more; the index still may.
    private void Retire(LpmNode* node)
    {
        _retired.Add((nint)node);
        if (node == _passed)
            _passed = null;
    }

    private static void Publish(LpmNode** link, LpmNode* node) => Volatile.Write(ref *(nint*)link, (nint)node);

    private static bool Bit(byte* data, uint index) => (data[index / 8] & (0x80 >> (int)(index % 8))) != 0;

    // Bits both have in common from the start, at most limit.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Match(byte* left, byte* right, uint limit)
    {
        if (_dataSize == 4)
        {
            uint difference = Unsafe.ReadUnaligned<uint>(left) ^ Unsafe.ReadUnaligned<uint>(right);
            return Math.Min(limit, (uint)BitOperations.LeadingZeroCount(BinaryPrimitives.ReverseEndianness(difference)));
        }
        return MatchLong(left, right, limit);
    }

    private uint MatchLong(byte* left, byte* right, uint limit)
    {
        int at = 0;
        for (; at + 8 <= _dataSize && at * 8 < limit; at += 8)
        {
            ulong difference = Unsafe.ReadUnaligned<ulong>(left + at) ^ Unsafe.ReadUnaligned<ulong>(right + at);
            if (difference != 0)
                return Math.Min(limit, (uint)(at * 8 + BitOperations.LeadingZeroCount(BinaryPrimitives.ReverseEndianness(difference))));
        }
        for (; at < _dataSize && at * 8 < limit; at++)
        {
            uint difference = (uint)(left[at] ^ right[at]);
            if (difference != 0)
                return Math.Min(limit, (uint)(at * 8 + BitOperations.LeadingZeroCount(difference << 24)));
        }
        return limit;
    }
}
