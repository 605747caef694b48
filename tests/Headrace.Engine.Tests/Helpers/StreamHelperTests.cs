using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests.Helpers;

public class StreamHelperTests
{
    private static MapSpec Ring => new() { Name = "events", Type = MapType.RingBuffer, MaxEntries = 4096 };

    [Theory]
    [InlineData("ringbuf_submit", true)]
    [InlineData("ringbuf_discard", false)]
    public void A_reserved_record_is_written_and_given_back(string helper, bool arrives)
    {
        using var run = new HelperRun($"""
            r1 = map[events] ll
            r2 = 16
            r3 = 0
            call ringbuf_reserve
            if r0 == 0 goto end
            *(u64 *)(r0 +8) = 77
            r1 = r0
            r2 = 0
            call {helper}
            end: r0 = 2
            exit
            """, null, Ring);
        run.Run();
        Assert.Equal(arrives, new RingBufferReader(run.Maps["events"]).TryRead(out ReadOnlySpan<byte> record));
        if (arrives)
            Assert.Equal(77, record[8]);
    }

    [Fact]
    public void A_record_is_out_of_reach_once_it_is_given_back()
    {
        using var run = new HelperRun("""
            r1 = map[events] ll
            r2 = 16
            r3 = 0
            call ringbuf_reserve
            r6 = r0
            r1 = r0
            r2 = 0
            call ringbuf_submit
            *(u64 *)(r6 +0) = 1
            r0 = 2
            exit
            """, null, Ring);
        Assert.Throws<ProgramFaultException>(() => run.Run());
    }

    [Fact]
    public void A_record_that_a_stopped_run_held_is_discarded_before_the_next()
    {
        using var run = new HelperRun("""
            r6 = r1
            r1 = map[events] ll
            r2 = 3000
            r3 = 0
            call ringbuf_reserve
            r1 = map[out][0]+0 ll
            *(u64 *)(r1 +0) = r0
            r0 = *(u64 *)(r0 +3000)
            exit
            """, null, Ring);
        Assert.Throws<ProgramFaultException>(() => run.Run());
        Assert.NotEqual(0, run.Result(0));
        Assert.False(new RingBufferReader(run.Maps["events"]).TryRead(out _));
        Assert.Throws<ProgramFaultException>(() => run.Run());
        Assert.False(new RingBufferReader(run.Maps["events"]).TryRead(out _));
    }

    [Fact]
    public void Output_copies_and_query_counts()
    {
        using var run = new HelperRun("""
            r6 = map[out][0]+0 ll
            *(u64 *)(r10 -8) = 5
            r1 = map[events] ll
            r2 = r10
            r2 += -8
            r3 = 8
            r4 = 4
            call ringbuf_output
            *(u64 *)(r6 +0) = r0
            r1 = map[events] ll
            r2 = r10
            r2 += -8
            r3 = 8
            r4 = 0
            call ringbuf_output
            *(u64 *)(r6 +8) = r0
            r1 = map[events] ll
            r2 = 0
            call ringbuf_query
            *(u64 *)(r6 +16) = r0
            r0 = 2
            exit
            """, null, Ring);
        run.Run();
        Assert.Equal([-Errno.EINVAL, 0L, 16L], new[] { run.Result(0), run.Result(1), run.Result(2) });
    }

    [Fact]
    public void A_dynptr_of_a_record_is_written_and_submitted()
    {
        using var run = new HelperRun("""
            r6 = map[out][0]+0 ll
            *(u64 *)(r10 -8) = 99
            r1 = map[events] ll
            r2 = 24
            r3 = 0
            r4 = r10
            r4 += -24
            call ringbuf_reserve_dynptr
            *(u64 *)(r6 +0) = r0
            r1 = r10
            r1 += -24
            r2 = 16
            r3 = r10
            r3 += -8
            r4 = 8
            r5 = 0
            call dynptr_write
            *(u64 *)(r6 +8) = r0
            r1 = r10
            r1 += -24
            r2 = 0
            call ringbuf_submit_dynptr
            r0 = 2
            exit
            """, null, Ring);
        run.Run();
        Assert.Equal([0L, 0L], new[] { run.Result(0), run.Result(1) });
        Assert.True(new RingBufferReader(run.Maps["events"]).TryRead(out ReadOnlySpan<byte> record));
        Assert.Equal(24, record.Length);
        Assert.Equal(99, record[16]);
    }

    [Fact]
    public void A_perf_record_has_the_programs_bytes_and_then_the_packets()
    {
        var map = new MapSpec { Name = "events", Type = MapType.PerfEventArray, KeySize = 4, ValueSize = 4, MaxEntries = 1 };
        using var run = new HelperRun("""
            r6 = map[out][0]+0 ll
            *(u64 *)(r10 -8) = 7
            r2 = map[events] ll
            r3 = 0x4ffffffff ll
            r4 = r10
            r4 += -8
            r5 = 8
            call perf_event_output
            *(u64 *)(r6 +0) = r0
            r0 = 2
            exit
            """, null, map);
        byte[] packet = [0xaa, 0xbb, 0xcc, 0xdd, .. new byte[60]];
        run.Run(packet);
        Assert.Equal(-Errno.ENOENT, run.Result(0));

        using var reader = new PerfEventReader(run.Maps["events"]);
        run.Run(packet);
        Assert.Equal(0, run.Result(0));
        Assert.True(reader.TryRead(out _, out ReadOnlySpan<byte> record));
        Assert.Equal("0700000000000000AABBCCDD", Convert.ToHexString(record[..12]));
    }

    [Fact]
    public void Samples_from_user_code_are_drained_through_a_callback()
    {
        var map = new MapSpec { Name = "orders", Type = MapType.UserRingBuffer, MaxEntries = 4096 };
        using var run = new HelperRun("""
            r6 = map[out][0]+0 ll
            r1 = map[orders] ll
            r2 = subprog[take] ll
            r3 = r6
            r4 = 0
            call user_ringbuf_drain
            *(u64 *)(r6 +0) = r0
            r0 = 2
            exit
            take:
            r6 = r2
            r3 = r1
            r1 = r10
            r1 += -8
            r2 = 8
            r4 = 0
            r5 = 0
            call dynptr_read
            r1 = *(u64 *)(r10 -8)
            r2 = *(u64 *)(r6 +8)
            r2 += r1
            *(u64 *)(r6 +8) = r2
            r0 = 0
            exit
            """, null, map);
        var writer = new UserRingBufferWriter(run.Maps["orders"]);
        Assert.True(writer.TryWrite([1, 0, 0, 0, 0, 0, 0, 0]));
        Assert.True(writer.TryWrite([2, 0, 0, 0, 0, 0, 0, 0]));
        run.Run();
        Assert.Equal(2, run.Result(0));
        Assert.Equal(3, run.Result(1));
    }
}
