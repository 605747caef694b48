using Headrace.Bytecode;
using static Headrace.Engine.Tests.TestMaps;

namespace Headrace.Engine.Tests;

public sealed unsafe class StreamTests
{
    [Fact]
    public void A_queue_gives_the_oldest_value_and_a_stack_the_newest()
    {
        using Map queue = Create(MapType.Queue, 0, 1, 2), stack = Create(MapType.Stack, 0, 1, 2);
        byte[] value = new byte[1];
        foreach (Map map in new[] { queue, stack })
        {
            Assert.False(map.TryPeek(value));
            map.Push([1]);
            map.Push([2]);
            Assert.Equal(Engine.Errno.E2BIG, Errno(() => map.Push([3])));
            map.Push([3], MapUpdateFlags.Exist); // the oldest goes
            Assert.Equal(Engine.Errno.EINVAL, Errno(() => map.Push([4], MapUpdateFlags.NoExist)));
        }
        Assert.True(queue.TryPeek(value));
        Assert.Equal([2], value);
        Assert.True(queue.TryPop(value) && value[0] == 2 && queue.TryPop(value) && value[0] == 3 && !queue.TryPop(value));
        Assert.True(stack.TryPop(value) && value[0] == 3 && stack.TryPop(value) && value[0] == 2 && !stack.TryPop(value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(12)]
    public void A_bloom_filter_knows_what_was_pushed_and_little_else(int hashes)
    {
        using Map map = Create(MapType.BloomFilter, 0, 8, 1000, extra: (ulong)hashes);
        for (ulong value = 0; value < 1000; value++)
            map.Push(BitConverter.GetBytes(value));
        for (ulong value = 0; value < 1000; value++)
            Assert.True(map.TryPeek(BitConverter.GetBytes(value)));
        int wrong = 0;
        for (ulong value = 1000; value < 11_000; value++)
            wrong += map.TryPeek(BitConverter.GetBytes(value)) ? 1 : 0;
        Assert.InRange(wrong, 0, hashes == 1 ? 5500 : 1000);
        Assert.Equal(Engine.Errno.EINVAL, Errno(() => map.Push(new byte[8], MapUpdateFlags.Exist)));
        Assert.Equal(Engine.Errno.EOPNOTSUPP, Errno(() => map.Delete([])));
    }

    [Fact]
    public void A_ring_buffer_passes_records_in_order_and_over_its_end()
    {
        using Map map = Create(MapType.RingBuffer, 0, 0, 4096);
        var ring = (RingBufferMap)map;
        var reader = new RingBufferReader(map);
        byte* data = stackalloc byte[3000];
        for (int round = 0; round < 500; round++)
        {
            int size = 1 + round * 37 % 1500;
            new Span<byte>(data, size).Fill((byte)round);
            Assert.Equal(0, ring.Output(data, (ulong)size, 0));
            Assert.True(reader.TryRead(out ReadOnlySpan<byte> record));
            Assert.Equal(size, record.Length);
            Assert.False(record.ContainsAnyExcept((byte)round));
            Assert.False(reader.TryRead(out _));
        }
        Assert.Equal(ring.Query(3), ring.Query(2));
        Assert.Equal(4096UL, ring.Query(1));
        Assert.Equal(-Engine.Errno.EINVAL, ring.Output(data, 1, 4));
    }

    [Fact]
    public void Reserved_records_hold_the_reader_up_and_discarded_ones_are_passed_over()
    {
        using Map map = Create(MapType.RingBuffer, 0, 0, 4096);
        var ring = (RingBufferMap)map;
        var reader = new RingBufferReader(map);
        byte* first = ring.Reserve(10), second = ring.Reserve(20), third = ring.Reserve(30);
        Assert.Equal(0x8000_000au, *(uint*)(first - 8)); // busy, 10 bytes
        Assert.Equal(map.Id, RecordRing.OwnerOf(first));
        Assert.Equal(24, second - first); // 10 + 8, rounded up
        Assert.True(map.Contains((ulong)second, 20));
        Assert.False(map.Contains((ulong)second, 21));
        Assert.False(map.Contains((ulong)second - 1, 1));
        *third = 3;
        ring.Commit(third, discard: false, 0);
        Assert.False(map.Contains((ulong)third, 1));
        Assert.False(reader.TryRead(out _));
        ring.Commit(first, discard: true, 0);
        Assert.False(reader.TryRead(out _));
        ring.Commit(second, discard: false, 0);
        Assert.True(reader.TryRead(out ReadOnlySpan<byte> record));
        Assert.Equal(20, record.Length);
        Assert.True(reader.TryRead(out record));
        Assert.Equal(30, record.Length);
        Assert.Equal(3, record[0]);
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void A_full_ring_refuses_and_counts()
    {
        using Map map = Create(MapType.RingBuffer, 0, 0, 4096);
        var ring = (RingBufferMap)map;
        Assert.True(ring.Reserve(4089) == null);
        Assert.True(ring.Reserve(4088) == null); // 4096 with its header: one byte more than size - 1
        byte* record = ring.Reserve(4000);
        Assert.False(record == null);
        Assert.True(ring.Reserve(100) == null);
        ring.Commit(record, discard: false, 0);
        Assert.True(ring.Reserve(100) == null); // until it is read
        var reader = new RingBufferReader(map);
        Assert.True(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));
        Assert.False(ring.Reserve(100) == null);
        Assert.Equal(3UL, reader.Lost);
    }

    [Fact]
    public void A_reader_sleeps_until_a_record_comes_and_none_is_lost()
    {
        const int count = 20_000;
        using Map map = Create(MapType.RingBuffer, 0, 0, 8192);
        var ring = (RingBufferMap)map;
        Thread first = new(() => Send(1)), second = new(() => Send(2));
        first.Start();
        second.Start();
        uint[] next = new uint[3];
        var reader = new RingBufferReader(map);
        while (next[1] + next[2] < 2 * count)
        {
            Assert.True(reader.Wait(TimeSpan.FromSeconds(30)), "no record came");
            while (reader.TryRead(out ReadOnlySpan<byte> record))
                Assert.Equal(next[record[0]]++, BitConverter.ToUInt32(record[4..]));
        }
        first.Join();
        second.Join();

        void Send(byte sender)
        {
            SpinWait wait = default;
            uint* record = stackalloc uint[2];
            for (uint number = 0; number < count; number++)
            {
                record[0] = sender;
                record[1] = number;
                while (ring.Output((byte*)record, 8, 0) != 0)
                    wait.SpinOnce();
            }
        }
    }

    [Fact]
    public void Perf_records_go_to_their_cpus_reader_and_are_counted_when_lost()
    {
        using Map map = Create(MapType.PerfEventArray, 4, 4, 0);
        var events = (PerfEventArrayMap)map;
        byte* data = stackalloc byte[2000];
        byte* packet = stackalloc byte[4];
        Assert.Equal((uint)Cpus, map.MaxEntries);
        Assert.Equal(-Engine.Errno.ENOENT, events.Output(uint.MaxValue, 0, data, 4, null, 0));
        using (var reader = new PerfEventReader(map, 4096))
        {
            Assert.Equal(-Engine.Errno.E2BIG, events.Output(99, 0, data, 4, null, 0));
            Assert.Equal(-Engine.Errno.EOPNOTSUPP, events.Output(1, 0, data, 4, null, 0));
            data[0] = 7;
            packet[3] = 9;
            Assert.Equal(0, events.Output(uint.MaxValue, 2, data, 4, packet, 4));
            Assert.True(reader.TryRead(out int cpu, out ReadOnlySpan<byte> record));
            Assert.Equal(2, cpu);
            Assert.Equal([7, 0, 0, 0, 0, 0, 0, 9], record.ToArray());
            Assert.False(reader.TryRead(out _, out _));
            Assert.Equal(0, events.Output(3, 3, data, 2000, null, 0));
            Assert.Equal(0, events.Output(3, 3, data, 2000, null, 0));
            Assert.Equal(-Engine.Errno.ENOSPC, events.Output(3, 3, data, 2000, null, 0));
            Assert.Equal(1UL, reader.Lost);
        }
        Assert.Equal(-Engine.Errno.ENOENT, events.Output(uint.MaxValue, 0, data, 4, null, 0));
    }

    [Fact]
    public void Users_write_records_that_programs_drain()
    {
        using Map map = Create(MapType.UserRingBuffer, 0, 0, 4096);
        var ring = (UserRingBufferMap)map;
        var writer = new UserRingBufferWriter(map);
        Assert.True(writer.TryWrite([1, 2, 3]));
        Assert.False(writer.TryWrite(new byte[5000]));
        Assert.True(ring.TryBeginDrain());
        Assert.False(ring.TryBeginDrain());
        Assert.True(ring.TryTake(out byte* sample, out uint length));
        Assert.Equal([1, 2, 3], new ReadOnlySpan<byte>(sample, (int)length).ToArray());
        ring.Release(length);
        Assert.False(ring.TryTake(out _, out _));
        ring.EndDrain();
        Assert.True(ring.TryBeginDrain());
    }
}
