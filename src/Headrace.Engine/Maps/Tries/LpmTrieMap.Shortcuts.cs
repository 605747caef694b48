using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Headrace.Engine;

internal sealed unsafe partial class LpmTrieMap
{
    // Elements from which on writers take shortcuts, and log2 of their number: half a megabyte beside a trie of many times that.
    private const uint ShortcutsFrom = 4096;
    private const int ShortcutCount = 16;

    // Longest prefixes that shortcuts lead to: of IPv4 those in front of the index's first table, which then need not look for them either.
    private const int ShortBits = LpmIndex.RootBits - 1, LongBits = 36;

    // What nodes outside of the trie have for a length, so that no shortcut leads to them.
    private const ushort NoPrefix = ushort.MaxValue;

    private NativeBlock? _shortcuts;

    // Where the last way down passed its shortcut's node, null when that left the trie.
    private LpmNode* _passed;

    private int ShortcutBits => _dataSize <= sizeof(uint) ? ShortBits : LongBits;

    /// <summary>Where a writer keeps the last node of a prefix's way down that is not longer than <see cref="ShortcutBits"/>; null without shortcuts.</summary>
    /// <remarks>
    /// It may have left the trie, or be of another prefix. Whether it is of use follows from the node itself: any node in the trie whose prefix
    /// the key starts with is on the key's way.
    /// </remarks>
    private LpmNode** ShortcutOf(byte* data, uint length)
    {
        if (_shortcuts is null || length <= ShortcutBits)
            return null;
        ulong bits = _dataSize == sizeof(uint)
            ? BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(data)) >> (32 - LpmIndex.RootBits)
            : FoldedMultiply.Mix(BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(data)) >> (64 - LongBits), FoldedMultiply.First);
        return (LpmNode**)_shortcuts.Address + (bits & ((1 << ShortcutCount) - 1));
    }

    private bool IsOnTheWay(LpmNode* node, byte* data, uint length) =>
        node != null && node->PrefixLength < length && Match(LpmNode.Data(node), data, node->PrefixLength) == node->PrefixLength;

    private void MakeShortcuts()
    {
        if (_shortcuts is null && _count >= ShortcutsFrom && _dataSize is sizeof(uint) or >= sizeof(ulong))
            _shortcuts = new NativeBlock(1 << ShortcutCount, (ulong)sizeof(LpmNode*));
    }

    private void Forget(LpmNode* node)
    {
        node->PrefixLength = NoPrefix;
        _pool.Retire(node);
    }
}
