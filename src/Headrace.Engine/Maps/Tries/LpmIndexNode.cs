using System.Numerics;
using System.Runtime.Intrinsics;

namespace Headrace.Engine;

/// <summary>A node of the LPM index: 256 slots for the next byte of the address, neighbours that hold the same word stored once. The words follow.</summary>
internal unsafe struct LpmIndexNode
{
    /// <summary>Slots.</summary>
    public const int Slots = 256;

    /// <summary>Bytes of the header, one cache line.</summary>
    public const int HeaderSize = 64;

    private const int GroupSlots = 64;

    /// <summary>A bit a slot: set where a word starts, as it does wherever it differs from the slot's before.</summary>
    public fixed ulong Starts[Slots / GroupSlots];

    /// <summary>Words that start in front of each group of 64 slots.</summary>
    public fixed byte Ranks[Slots / GroupSlots];

    /// <summary>Room for words. Stays the same for the node's memory through all its lives.</summary>
    public int Capacity;

    /// <summary>The longest prefix that ends in front of this byte, of those behind the parent's; null for none.</summary>
    public LpmNode* Found;

    /// <summary>The words.</summary>
    public static ulong* Words(LpmIndexNode* node) => (ulong*)((byte*)node + HeaderSize);

    /// <summary>Number of the word of a slot.</summary>
    public static int NumberOf(LpmIndexNode* node, int slot) =>
        node->Ranks[slot / GroupSlots] + BitOperations.PopCount(node->Starts[slot / GroupSlots] & (ulong.MaxValue >> (GroupSlots - 1 - slot % GroupSlots))) - 1;

    /// <summary>The word of a slot. Right for a node at rest; some valid word for one that is changed meanwhile.</summary>
    public static ulong* WordAt(LpmIndexNode* node, byte slot)
    {
        return Words(node) + Math.Min((uint)NumberOf(node, slot), (uint)node->Capacity - 1);
    }

    /// <summary>Writes every slot's word.</summary>
    public static void Expand(LpmIndexNode* node, Span<ulong> slots)
    {
        ulong* words = Words(node);
        int from = 0;
        for (int group = 0; group < Slots / GroupSlots; group++)
        {
            for (ulong left = node->Starts[group]; left != 0; left &= left - 1)
            {
                int slot = group * GroupSlots + BitOperations.TrailingZeroCount(left);
                if (slot != 0)
                    slots[from..slot].Fill(*words++);
                from = slot;
            }
        }
        slots[from..].Fill(*words);
    }

    /// <summary>Where words start.</summary>
    /// <returns>How many do.</returns>
    public static int FindStarts(ReadOnlySpan<ulong> slots, Span<ulong> starts)
    {
        starts.Clear();
        starts[0] = 1;
        fixed (ulong* first = slots)
        {
            for (int slot = 1; slot + Vector256<ulong>.Count <= Slots; slot += Vector256<ulong>.Count)
            {
                uint same = Vector256.Equals(Vector256.Load(first + slot), Vector256.Load(first + slot - 1)).ExtractMostSignificantBits();
                Mark(starts, slot, ~same & 0xf, Vector256<ulong>.Count);
            }
        }
        for (int slot = Slots - Vector256<ulong>.Count + 1; slot < Slots; slot++)
            Mark(starts, slot, slots[slot] != slots[slot - 1] ? 1u : 0, 1);
        int count = 0;
        foreach (ulong group in starts)
            count += BitOperations.PopCount(group);
        return count;
    }

    private static void Mark(Span<ulong> starts, int slot, ulong bits, int count)
    {
        int inside = slot % GroupSlots;
        starts[slot / GroupSlots] |= bits << inside;
        if (inside + count > GroupSlots)
            starts[slot / GroupSlots + 1] |= bits >> (GroupSlots - inside);
    }

    /// <summary>Fills a node that no reader knows yet.</summary>
    public static void Compress(LpmIndexNode* node, ReadOnlySpan<ulong> slots, ReadOnlySpan<ulong> starts)
    {
        ulong* words = Words(node);
        for (int group = 0; group < Slots / GroupSlots; group++)
        {
            node->Starts[group] = starts[group];
            node->Ranks[group] = (byte)(words - Words(node));
            for (ulong left = starts[group]; left != 0; left &= left - 1)
                *words++ = slots[group * GroupSlots + BitOperations.TrailingZeroCount(left)];
        }
    }

    /// <summary>True when words start in the node wherever these do; neighbours that have become equal may keep a word each.</summary>
    public static bool HasStarts(LpmIndexNode* node, ReadOnlySpan<ulong> starts)
    {
        for (int group = 0; group < Slots / GroupSlots; group++)
        {
            if ((starts[group] & ~node->Starts[group]) != 0)
                return false;
        }
        return true;
    }

    /// <summary>True when a slot shares its word with no neighbour.</summary>
    public static bool IsAlone(LpmIndexNode* node, int slot) => IsStart(node, slot) && (slot == Slots - 1 || IsStart(node, slot + 1));

    private static bool IsStart(LpmIndexNode* node, int slot) => (node->Starts[slot / GroupSlots] >> (slot % GroupSlots) & 1) != 0;

    /// <summary>Stores words that differ, in a node whose words start in the same slots: readers see each the old or the new.</summary>
    public static void Store(LpmIndexNode* node, ReadOnlySpan<ulong> slots)
    {
        ulong* words = Words(node);
        for (int group = 0; group < Slots / GroupSlots; group++)
        {
            for (ulong left = node->Starts[group]; left != 0; left &= left - 1, words++)
            {
                ulong word = slots[group * GroupSlots + BitOperations.TrailingZeroCount(left)];
                if (*words != word)
                    Volatile.Write(ref *words, word);
            }
        }
    }
}
