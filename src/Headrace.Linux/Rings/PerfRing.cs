using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>One processor's ring of perf events.</summary>
internal sealed unsafe class PerfRing : IDisposable
{
    private const uint Software = 1; // PERF_TYPE_SOFTWARE
    private const ulong BpfOutput = 10; // PERF_COUNT_SW_BPF_OUTPUT
    private const ulong Raw = 1 << 10; // PERF_SAMPLE_RAW
    private const ulong Enable = 0x2400; // PERF_EVENT_IOC_ENABLE
    private const int HeadOffset = 1024, TailOffset = 1032; // data_head, data_tail of struct perf_event_mmap_page
    private const uint LostRecord = 2, Sample = 9; // PERF_RECORD_LOST, PERF_RECORD_SAMPLE
    private const int HeaderSize = 8; // struct perf_event_header: type, misc, size

    private readonly Mapping _mapping;
    private readonly MappedMemoryManager _memory;
    private readonly ulong* _head;
    private readonly ulong* _tail;
    private readonly byte* _data;
    private readonly ulong _mask;

    // A record that runs over the ring's end is put together here; 64 KiB is the longest there can be (its size has 16 bits).
    private readonly byte[] _whole = GC.AllocateUninitializedArray<byte>(1 << 16, pinned: true);
    private ulong _position;
    private ulong _open;

    private PerfRing(Descriptor descriptor, Mapping mapping, int processor, int bytes)
    {
        Descriptor = descriptor;
        Processor = processor;
        _mapping = mapping;
        _head = (ulong*)(mapping.Address + HeadOffset);
        _tail = (ulong*)(mapping.Address + TailOffset);
        _data = mapping.Address + Environment.SystemPageSize;
        _mask = (ulong)bytes - 1;
        _memory = new MappedMemoryManager(_data, bytes);
    }

    public Descriptor Descriptor { get; }

    public int Processor { get; }

    public long Records { get; private set; }

    public long Lost { get; private set; }

    public static PerfRing Open(KernelMap map, int processor, int pages)
    {
        string subject = string.Create(CultureInfo.InvariantCulture, $"events of map '{map.Name}' on processor {processor}");
        var attributes = new PerfEventAttr
        {
            Type = Software,
            Size = (uint)sizeof(PerfEventAttr),
            Config = BpfOutput,
            SamplePeriod = 1,
            SampleType = Raw,
            WakeupEvents = 1,
        };
        int result = Libc.OpenPerfEvent(&attributes, processor);
        if (result < 0)
            throw new KernelException("perf_event_open", subject, -result);
        var descriptor = new Descriptor(result);
        Mapping? mapping = null;
        try
        {
            int page = Environment.SystemPageSize;
            mapping = Mapping.Of(descriptor, (nuint)(page * (1 + pages)), 0, writable: true, subject);
            map.Update(BitConverter.GetBytes(processor), BitConverter.GetBytes(descriptor.Value));
            if (Libc.Control(descriptor.Value, Enable, 0) < 0)
                throw new KernelException("ioctl PERF_EVENT_IOC_ENABLE", subject, Marshal.GetLastPInvokeError());
            return new PerfRing(descriptor, mapping, processor, page * pages);
        }
        catch
        {
            mapping?.Dispose();
            descriptor.Dispose();
            throw;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // one long loop: it would run unoptimised until it is called again
    public int Read<T>(ref T consumer) where T : struct, IRecordConsumer
    {
        int count = 0;
        ulong head = Volatile.Read(ref *_head);
        try
        {
            while (_position != head)
            {
                byte* record = Next(out uint type);
                if (type == Sample)
                {
                    count++;
                    consumer.Consume(new ReadOnlySpan<byte>(record + sizeof(uint), *(int*)record));
                }
            }
        }
        finally
        {
            Volatile.Write(ref *_tail, _position);
            Records += count;
        }
        return count;
    }

    /// <summary>Takes one record and hands back the space of the one before.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> sample)
    {
        if (_open != _position)
            Volatile.Write(ref *_tail, _open = _position);
        ulong head = Volatile.Read(ref *_head);
        while (_position != head)
        {
            byte* record = Next(out uint type);
            if (type != Sample)
                continue;
            Records++;
            int length = *(int*)record;
            byte* bytes = record + sizeof(uint);
            sample = bytes >= _data && bytes <= _data + _mask
                ? _memory.Memory.Slice((int)(bytes - _data), length)
                : _whole.AsMemory(HeaderSize + sizeof(uint), length);
            return true;
        }
        sample = default;
        return false;
    }

    public void Dispose()
    {
        _mapping.Dispose();
        Descriptor.Dispose();
    }

    /// <summary>Moves past a record, counting what was lost.</summary>
    /// <returns>What follows its header, in one piece.</returns>
    private byte* Next(out uint type)
    {
        ulong offset = _position & _mask;
        byte* record = _data + offset;
        type = *(uint*)record;
        int size = *(ushort*)(record + 6);
        ulong first = _mask + 1 - offset;
        if ((ulong)size > first)
        {
            byte* whole = (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(_whole, 0);
            new ReadOnlySpan<byte>(record, (int)first).CopyTo(_whole);
            new ReadOnlySpan<byte>(_data, size - (int)first).CopyTo(_whole.AsSpan((int)first));
            record = whole;
        }
        _position += (ulong)size;
        if (type == LostRecord)
            Lost += (long)*(ulong*)(record + HeaderSize + sizeof(ulong));
        return record + HeaderSize;
    }
}
