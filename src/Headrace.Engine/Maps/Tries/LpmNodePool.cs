namespace Headrace.Engine;

/// <summary>Memory for trie nodes in blocks that never move and double in size: a trie costs what it holds, whatever its limit.</summary>
/// <remarks>Take and give back under the owner's lock; <see cref="ContainsValue"/> from any thread.</remarks>
internal sealed unsafe class LpmNodePool(int dataSize, int valueSize) : IDisposable
{
    private const int FirstBlock = 64;

    private readonly uint _stride = (uint)NativeBytes.RoundUp8(checked(sizeof(LpmNode) + NativeBytes.RoundUp8(dataSize) + valueSize));
    private volatile NativeBlock[] _blocks = [];
    private LpmNode* _free;
    private ulong _untouched;

    /// <summary>Where a node's value starts.</summary>
    public int ValueOffset { get; } = sizeof(LpmNode) + NativeBytes.RoundUp8(dataSize);

    /// <summary>A node with old contents.</summary>
    /// <exception cref="OutOfMemoryException">The system has no memory.</exception>
    public LpmNode* Take()
    {
        if (_free != null)
        {
            LpmNode* node = _free;
            _free = node->Zero;
            return node;
        }
        if (_untouched == 0)
        {
            ulong count = (ulong)FirstBlock << _blocks.Length;
            _blocks = [.. _blocks, new NativeBlock(count, _stride)];
            _untouched = count;
        }
        NativeBlock block = _blocks[^1];
        return (LpmNode*)(block.Address + block.Length - _untouched-- * _stride);
    }

    /// <summary>Takes a node back. Readers may still be in it: its owner has made them notice.</summary>
    public void Return(LpmNode* node)
    {
        node->Zero = _free;
        _free = node;
    }

    /// <summary>True when the bytes lie inside one node's value.</summary>
    public bool ContainsValue(ulong address, ulong size)
    {
        foreach (NativeBlock block in _blocks)
        {
            ulong offset = address - (ulong)block.Address;
            if (offset >= block.Length)
                continue;
            ulong inside = offset % _stride - (ulong)ValueOffset;
            return inside <= (ulong)valueSize && size <= (ulong)valueSize - inside;
        }
        return false;
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
