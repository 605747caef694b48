using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>A multibit table over an LPM trie that brings look-ups of whole addresses to their prefix in a few memory accesses.</summary>
/// <remarks>
/// <para>The first 16 bits index a table of words; where many prefixes go on, a word leads to a node for the next byte, and so on. Words of a node
/// are stored once for neighbours that share them and found by counting bits, so that the index of a full BGP table stays in the third-level
/// cache. Where few prefixes go on, the word leads into the trie. It is the trie that knows all; the index only saves its steps.</para>
/// <para>A word: 0 for nothing, or an address with a kind in its two lowest bits: the node of the longest prefix (0), a trie node to go on
/// at (1), an <see cref="LpmIndexNode"/> (2), an <see cref="LpmFork"/> (3).</para>
/// <para>Writers hold the map's lock. What leaves the index is given back when the map's version has grown: see <see cref="Reclaim"/>.</para>
/// </remarks>
internal sealed unsafe class LpmIndex : IDisposable
{
    /// <summary>Bytes of an address that the first table takes: shorter addresses have no index.</summary>
    public const int RootBytes = 2;

    private const ulong KindMask = 3, TrieKind = 1, NodeKind = 2, ForkKind = 3;
    /// <summary>The same in bits.</summary>
    public const int RootBits = RootBytes * 8;


    // A slot gets a node when so many trie nodes lie within the next byte, and keeps it until there are fewer than the second number.
    private const int Dense = 4;
    private const int Sparse = 2;

    // And where addresses are long when so many lie within the next three: else one prefix alone in its byte, as an operator's own is, would
    // leave all that is below it to the trie, bit by bit.
    private const int DenseBelow = 12;
    private const int SparseBelow = 6;
    private const int Below = 24;
    private const int LongBits = 32;

    // Rooms of nodes grow by a cache line of words.
    private const int RoomWords = 8;

    private readonly LpmPool?[] _nodePools = new LpmPool?[LpmIndexNode.Slots / RoomWords];
    private readonly LpmPool _forks = new((uint)sizeof(LpmFork));
    private readonly NativeBlock _rootMemory = new(1 << RootBits, sizeof(ulong));
    private readonly List<nint> _retired = [];
    private readonly ulong* _root;
    private readonly int _bits;

    /// <summary>Makes the index of a trie.</summary>
    /// <param name="dataSize">Bytes of an address, at least <see cref="RootBytes"/>.</param>
    /// <param name="trie">The trie's first node, or null.</param>
    /// <exception cref="OutOfMemoryException">The system has no memory.</exception>
    public LpmIndex(int dataSize, LpmNode* trie)
    {
        _bits = dataSize * 8;
        _root = (ulong*)_rootMemory.Address;
        try
        {
            FillRoot(trie, null, 0, 1 << RootBits, null, 0);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The word of an address's first bytes: a look-up's first access.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong* RootWord(ulong* root, byte* data) => root + BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(data));

    /// <summary>The first table.</summary>
    public ulong* Root => _root;

    /// <summary>Goes as far as the index leads: to the prefix found, and to where the trie goes on, null when it does not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LpmNode* Search(ulong* root, byte* data, int dataSize, out LpmNode* next)
    {
        LpmNode* found = null;
        ulong word = Volatile.Read(ref *RootWord(root, data));
        for (int at = RootBytes; (word & KindMask) == NodeKind && at < dataSize; at++)
        {
            LpmIndexNode* node = (LpmIndexNode*)(word & ~KindMask);
            LpmNode* above = node->Found;
            found = above != null ? above : found;
            word = Volatile.Read(ref *LpmIndexNode.WordAt(node, data[at]));
        }
        next = null;
        switch (word & KindMask)
        {
            case 0:
                return word != 0 ? (LpmNode*)word : found;
            case TrieKind:
                next = (LpmNode*)(word & ~KindMask);
                return found;
            case ForkKind:
                LpmFork* fork = (LpmFork*)(word & ~KindMask);
                next = fork->Next;
                return fork->Found;
            default:
                return found; // a node behind the last byte: it was reused under the reader
        }
    }

    /// <summary>Asks for the first table's line; the key's bytes are in the look-up.</summary>
    public static void Stage(ulong* root, StagedLookup* lookup)
    {
        lookup->Place = RootWord(root, (byte*)&lookup->First);
        lookup->At = RootBytes;
        lookup->Step = &StageWord;
        Cache.Fetch(lookup->Place);
    }

    // The word is there: asks for what it leads to.
    private static bool StageWord(StagedLookup* lookup)
    {
        ulong word = Volatile.Read(ref *(ulong*)lookup->Place);
        Cache.Fetch((void*)(word & ~KindMask));
        lookup->Word = word;
        lookup->Step = &StageNode;
        return (word & KindMask) == NodeKind && lookup->At < lookup->Size;
    }

    // The node is there: asks for its word.
    private static bool StageNode(StagedLookup* lookup)
    {
        byte slot = ((byte*)&lookup->First)[lookup->At++];
        lookup->Place = LpmIndexNode.WordAt((LpmIndexNode*)(lookup->Word & ~KindMask), slot);
        lookup->Step = &StageWord;
        Cache.Fetch(lookup->Place);
        return true;
    }

    /// <summary>Takes in that the trie has changed at a prefix: added, replaced or removed.</summary>
    /// <param name="trie">The trie's first node.</param>
    /// <param name="passed">A node on the prefix's way down that is shorter than the first table's prefixes; null when none is known.</param>
    /// <param name="data">The prefix.</param>
    /// <param name="length">Its bits.</param>
    /// <exception cref="OutOfMemoryException">The system has no memory: the index is of no use any more.</exception>
    public void Refresh(LpmNode* trie, LpmNode* passed, byte* data, int length)
    {
        uint slot = (uint)(data[0] << 8 | data[1]);
        if (passed != null && length > RootBits && (_root[slot] & KindMask) == NodeKind)
        {
            // What is above has not changed: the node knows it.
            LpmNode* above = ((LpmIndexNode*)(_root[slot] & ~KindMask))->Found;
            LpmNode* below = passed;
            LpmNode* ignored = null;
            Descend(ref below, ref ignored, data, passed->PrefixLength, RootBits);
            FillRoot(below, above, slot, 1, data, length);
            return;
        }
        uint count = length < RootBits ? 1u << (RootBits - length) : 1;
        slot &= ~(count - 1);
        LpmNode* node = trie;
        LpmNode* found = null;
        if (length >= RootBits)
            Descend(ref node, ref found, data, 0, RootBits);
        else
            Descend(ref node, ref found, data, 0, length);
        FillRoot(node, found, slot, count, data, length);
    }

    /// <summary>Takes in that a trie node was replaced by one with the same prefix and children.</summary>
    public void Replace(LpmNode* old, LpmNode* added)
    {
        byte* data = LpmNode.Data(added);
        int length = added->PrefixLength;
        uint count = length < RootBits ? 1u << (RootBits - length) : 1;
        ulong* word = _root + ((uint)(data[0] << 8 | data[1]) & ~(count - 1));
        for (ulong* last = word + count - 1; word < last; word++)
            Replace(word, old, added);
        Replace(word, old, added);
        for (int end = RootBits; length >= end && (*word & KindMask) == NodeKind; end += 8)
        {
            LpmIndexNode* node = (LpmIndexNode*)(*word & ~KindMask);
            int slots = length < end + 8 ? 1 << (end + 8 - length) : 1;
            int first = data[end / 8] & ~(slots - 1);
            word = LpmIndexNode.Words(node) + LpmIndexNode.NumberOf(node, first);
            ulong* last = LpmIndexNode.Words(node) + LpmIndexNode.NumberOf(node, first + slots - 1);
            for (; word < last; word++)
                Replace(word, old, added);
            Replace(word, old, added);
        }
    }

    private static void Replace(ulong* word, LpmNode* old, LpmNode* added)
    {
        ulong kind = *word & KindMask;
        void* address = (void*)(*word & ~KindMask);
        switch (kind)
        {
            case 0 or TrieKind when address == old:
                Volatile.Write(ref *word, (ulong)added | kind);
                break;
            case NodeKind:
                Replace((ulong*)&((LpmIndexNode*)address)->Found, old, added);
                break;
            case ForkKind:
                Replace((ulong*)&((LpmFork*)address)->Found, old, added);
                Replace((ulong*)&((LpmFork*)address)->Next, old, added);
                break;
        }
    }

    /// <summary>Gives back what left the index. The map's version has grown since: readers that may be in it look again.</summary>
    public void Reclaim()
    {
        foreach (nint piece in _retired)
        {
            byte* address = (byte*)((ulong)piece & ~KindMask);
            if (((ulong)piece & KindMask) == ForkKind)
                _forks.Return(address);
            else
                _nodePools[((LpmIndexNode*)address)->Capacity / RoomWords - 1]!.Return(address);
        }
        _retired.Clear();
    }

    public void Dispose()
    {
        _rootMemory.Dispose();
        _forks.Dispose();
        foreach (LpmPool? pool in _nodePools)
            pool?.Dispose();
    }

    // From a trie node down to the highest node of a prefix's own subtree: found becomes the longest prefix above.
    private static void Descend(ref LpmNode* node, ref LpmNode* found, byte* data, int from, int length)
    {
        while (node != null && node->PrefixLength < length)
        {
            if (!SameBits(LpmNode.Data(node), data, from, node->PrefixLength))
            {
                node = null;
                return;
            }
            if (node->IsBranch == 0)
                found = node;
            node = *LpmNode.Child(node, (data[node->PrefixLength / 8] & (0x80 >> (node->PrefixLength % 8))) != 0);
        }
        if (node != null && !SameBits(LpmNode.Data(node), data, from, length))
            node = null;
    }

    private static bool SameBits(byte* left, byte* right, int from, int to)
    {
        int at = from / 8;
        for (; at < to / 8; at++)
        {
            if (left[at] != right[at])
                return false;
        }
        return to % 8 == 0 || (left[at] ^ right[at]) >> (8 - to % 8) == 0;
    }

    // Writes words of the first table. The subtree's first node lies inside the range; data is null to build all, else says what changed.
    private void FillRoot(LpmNode* node, LpmNode* found, uint first, uint count, byte* data, int length)
    {
        if (node != null && node->PrefixLength < RootBits)
        {
            Part(node, RootBits, (uint)(LpmNode.Data(node)[0] << 8 | LpmNode.Data(node)[1]), out uint inside, out uint half);
            FillRoot(null, found, first, inside - first, data, length);
            LpmNode* own = node->IsBranch == 0 ? node : found;
            FillRoot(node->Zero, own, inside, half, data, length);
            FillRoot(node->One, own, inside + half, half, data, length);
            FillRoot(null, found, inside + 2 * half, first + count - inside - 2 * half, data, length);
            return;
        }
        uint at = node == null ? uint.MaxValue : (uint)(LpmNode.Data(node)[0] << 8 | LpmNode.Data(node)[1]);
        for (uint slot = first; slot < first + count; slot++)
        {
            ulong word = Word(_root[slot], found, slot == at ? node : null, RootBits, data, length);
            if (word != _root[slot])
                Volatile.Write(ref _root[slot], word);
        }
    }

    // The same for the slots of a node, whose byte ends at bit end.
    private void FillSlots(Span<ulong> slots, LpmNode* node, LpmNode* found, uint first, uint count, int end, byte* data, int length)
    {
        int byteAt = end / 8 - 1;
        if (node != null && node->PrefixLength < end)
        {
            Part(node, end, LpmNode.Data(node)[byteAt], out uint inside, out uint half);
            FillSlots(slots, null, found, first, inside - first, end, data, length);
            LpmNode* own = node->IsBranch == 0 ? node : found;
            FillSlots(slots, node->Zero, own, inside, half, end, data, length);
            FillSlots(slots, node->One, own, inside + half, half, end, data, length);
            FillSlots(slots, null, found, inside + 2 * half, first + count - inside - 2 * half, end, data, length);
            return;
        }
        uint at = node == null ? uint.MaxValue : LpmNode.Data(node)[byteAt];
        for (uint slot = first; slot < first + count; slot++)
            slots[(int)slot] = Word(slots[(int)slot], found, slot == at ? node : null, end, data, length);
    }

    // The slots that a prefix covers which ends in front of the level's last bit: from inside on, twice half.
    private static void Part(LpmNode* node, int end, uint slot, out uint inside, out uint half)
    {
        half = 1u << (end - node->PrefixLength - 1);
        inside = slot & ~(2 * half - 1);
    }

    // What a slot holds for the longest prefix that ends above and the trie node that goes on, at or behind the level's last bit.
    private ulong Word(ulong old, LpmNode* found, LpmNode* node, int end, byte* data, int length)
    {
        bool hadNode = (old & KindMask) == NodeKind;
        bool changedBelow = data == null || length >= end;
        if (node != null && end < _bits && (changedBelow ? IsWorthNode(node, end, hadNode) : hadNode))
        {
            if (!hadNode)
                Retire(old);
            return Node(hadNode ? (LpmIndexNode*)(old & ~KindMask) : null, found, node, end, changedBelow, data, length);
        }
        if (old != 0 && (old & KindMask) == ForkKind && node != null)
        {
            LpmFork* fork = (LpmFork*)(old & ~KindMask);
            if (fork->Found == found && fork->Next == node)
                return old;
        }
        Retire(old);
        if (node == null)
            return (ulong)found;
        bool ends = node->PrefixLength == end && node->IsBranch == 0;
        if (ends && node->Zero == null && node->One == null)
            return (ulong)node;
        if (ends || found == null)
            return (ulong)node | TrieKind;
        LpmFork* added = (LpmFork*)_forks.Take();
        added->Found = found;
        added->Next = node;
        return (ulong)added | ForkKind;
    }

    private ulong Node(LpmIndexNode* old, LpmNode* found, LpmNode* trie, int start, bool changedBelow, byte* data, int length)
    {
        if (old != null && old->Found != found)
            Volatile.Write(ref *(nint*)&old->Found, (nint)found);
        if (old != null && !changedBelow)
            return (ulong)old | NodeKind;
        int end = start + 8;
        uint first = 0, count = LpmIndexNode.Slots;
        LpmNode* node = trie;
        LpmNode* own = null;
        if (old == null)
        {
            data = null; // all of it is new
        }
        else
        {
            count = length < end ? 1u << (end - length) : 1;
            first = data[start / 8] & ~(count - 1);
            Descend(ref node, ref own, data, start, Math.Min(length, end));
            if (count == 1 && SetSlot(old, (int)first, own, node, end, data, length))
                return (ulong)old | NodeKind;
        }
        return Rebuild(old, found, node, own, first, count, end, data, length);
    }

    // The most common change, of one slot; false when the words' room or starts do not allow it in place.
    private bool SetSlot(LpmIndexNode* node, int slot, LpmNode* found, LpmNode* trie, int end, byte* data, int length)
    {
        if (!LpmIndexNode.IsAlone(node, slot))
            return false;
        ulong* word = LpmIndexNode.WordAt(node, (byte)slot);
        ulong changed = Word(*word, found, trie, end, data, length);
        if (changed != *word)
            Volatile.Write(ref *word, changed);
        return true;
    }

    [SkipLocalsInit]
    private ulong Rebuild(LpmIndexNode* old, LpmNode* found, LpmNode* node, LpmNode* own, uint first, uint count, int end, byte* data, int length)
    {
        Span<ulong> slots = stackalloc ulong[LpmIndexNode.Slots];
        if (old == null)
            slots.Clear();
        else
            LpmIndexNode.Expand(old, slots);
        FillSlots(slots, node, own, first, count, end, data, length);

        Span<ulong> starts = stackalloc ulong[LpmIndexNode.Slots / 64];
        int words = LpmIndexNode.FindStarts(slots, starts);
        if (old != null && LpmIndexNode.HasStarts(old, starts))
        {
            LpmIndexNode.Store(old, slots);
            return (ulong)old | NodeKind;
        }
        LpmIndexNode* added = Take(words);
        added->Found = found;
        LpmIndexNode.Compress(added, slots, starts);
        if (old != null)
            _retired.Add((nint)((ulong)old | NodeKind));
        return (ulong)added | NodeKind;
    }

    private LpmIndexNode* Take(int words)
    {
        int rooms = (words + RoomWords - 1) / RoomWords;
        LpmPool pool = _nodePools[rooms - 1] ??= new LpmPool((uint)(LpmIndexNode.HeaderSize + rooms * RoomWords * sizeof(ulong)));
        LpmIndexNode* node = (LpmIndexNode*)pool.Take();
        node->Capacity = rooms * RoomWords;
        return node;
    }

    // What a word leads to leaves the index, all that is below included.
    private void Retire(ulong word)
    {
        if (word == 0 || (word & KindMask) is 0 or TrieKind)
            return;
        _retired.Add((nint)word);
        if ((word & KindMask) != NodeKind)
            return;
        LpmIndexNode* node = (LpmIndexNode*)(word & ~KindMask);
        int words = node->Ranks[3] + System.Numerics.BitOperations.PopCount(node->Starts[3]);
        for (int i = 0; i < words; i++)
            Retire(LpmIndexNode.Words(node)[i]);
    }

    private bool IsWorthNode(LpmNode* node, int end, bool hadNode)
    {
        int near = hadNode ? Sparse : Dense, far = hadNode ? SparseBelow : DenseBelow;
        return CountWithin(node, end + 8, near) >= near || (_bits > LongBits && CountWithin(node, end + Below, far) >= far);
    }

    // Nodes of a subtree that end in front of a bit, no more of them than asked for.
    private static int CountWithin(LpmNode* node, int end, int limit)
    {
        if (node == null || node->PrefixLength >= end)
            return 0;
        int count = 1;
        if (count < limit)
            count += CountWithin(node->Zero, end, limit - count);
        if (count < limit)
            count += CountWithin(node->One, end, limit - count);
        return count;
    }
}
