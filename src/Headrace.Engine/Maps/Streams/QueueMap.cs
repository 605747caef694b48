using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Values without keys, first in first out or last in first out (<c>BPF_MAP_TYPE_QUEUE</c>, <c>BPF_MAP_TYPE_STACK</c>).</summary>
internal sealed unsafe class QueueMap : Map
{
    private readonly NativeBlock _values;
    private readonly NativeBlock _lockMemory = new(1, sizeof(int));
    private readonly int* _lock;
    private readonly uint _size;
    private uint _head; // where the next value goes
    private uint _tail; // the oldest value

    public QueueMap(MapSpec spec, int cpus) : base(spec, cpus)
    {
        _size = checked(MaxEntries + 1); // one slot stays free, so that full and empty differ
        _values = new NativeBlock(_size, (ulong)ValueSize);
        _lock = (int*)_lockMemory.Address;
    }

    internal override int Push(byte* value, ulong flags)
    {
        if (flags != 0 && flags != (ulong)MapUpdateFlags.Exist)
            return -Errno.EINVAL;
        SpinWord.Enter(_lock);
        uint next = Next(_head);
        bool full = next == _tail;
        if (full && flags == (ulong)MapUpdateFlags.Exist)
            _tail = Next(_tail);
        if (!full || flags == (ulong)MapUpdateFlags.Exist)
        {
            NativeBytes.Copy(At(_head), value, ValueSize);
            _head = next;
            full = false;
        }
        SpinWord.Exit(_lock);
        return full ? -Errno.E2BIG : 0;
    }

    internal override int Pop(byte* value) => Take(value, remove: true);

    internal override int Peek(byte* value) => Take(value, remove: false);

    internal override byte* Lookup(byte* key, int cpu) => null;

    internal override int Update(byte* key, byte* value, ulong flags, int cpu) => -Errno.EINVAL;

    internal override int Delete(byte* key) => -Errno.EINVAL;

    internal override int NextKey(byte* key, byte* next) => -Errno.EINVAL;

    internal override bool Contains(ulong address, ulong size) => false;

    private protected override int CopyOut(byte* key, byte* value, ulong flags) => Peek(value);

    private protected override int CopyIn(byte* key, byte* value, ulong flags) => Push(value, flags);

    private protected override int TakeOut(byte* key, byte* value, ulong flags) => Pop(value);

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _values.Dispose();
        _lockMemory.Dispose();
    }

    private int Take(byte* value, bool remove)
    {
        SpinWord.Enter(_lock);
        bool empty = _head == _tail;
        if (empty)
        {
            NativeBytes.Clear(value, ValueSize);
        }
        else if (Type == MapType.Queue)
        {
            NativeBytes.Copy(value, At(_tail), ValueSize);
            _tail = remove ? Next(_tail) : _tail;
        }
        else
        {
            uint last = _head == 0 ? _size - 1 : _head - 1;
            NativeBytes.Copy(value, At(last), ValueSize);
            _head = remove ? last : _head;
        }
        SpinWord.Exit(_lock);
        return empty ? -Errno.ENOENT : 0;
    }

    private uint Next(uint index) => index + 1 == _size ? 0 : index + 1;

    private byte* At(uint index) => _values.Address + (ulong)index * (uint)ValueSize;
}
