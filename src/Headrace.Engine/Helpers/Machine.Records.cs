namespace Headrace.Engine;

public sealed unsafe partial class Machine
{
    private readonly List<(RingBufferMap Ring, nuint Record)> _records = [];

    /// <summary>Gives the program a ring-buffer record until it submits or discards it.</summary>
    internal void HoldRecord(RingBufferMap ring, byte* record, ulong size)
    {
        _records.Add((ring, (nuint)record));
        AddRegion(record, size, writable: true, $"a record of '{ring.Name}'");
    }

    /// <summary>Takes a record from the program.</summary>
    /// <returns>Its ring.</returns>
    /// <exception cref="ProgramFaultException">The program holds no such record.</exception>
    internal RingBufferMap TakeRecord(byte* record)
    {
        for (int i = 0; i < _records.Count; i++)
        {
            if (_records[i].Record != (nuint)record)
                continue;
            RingBufferMap ring = _records[i].Ring;
            _records.RemoveAt(i);
            RemoveRegion(record);
            return ring;
        }
        throw Fault($"gives back 0x{(ulong)record:x}, which is no record that it holds");
    }

    /// <summary>Gives back what a run that was stopped, or ended without doing so, still holds: its spin lock and its records.</summary>
    private void ReleaseHeld()
    {
        if (HeldLock != null)
            Volatile.Write(ref *HeldLock, 0);
        HeldLock = null;
        foreach ((RingBufferMap ring, nuint record) in _records)
            ring.Commit((byte*)record, discard: true, 0);
        _records.Clear();
    }
}
