using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests.Helpers;

public class WorldHelperTests
{
    [Fact]
    public void The_same_seed_draws_the_same_numbers_and_another_cpu_draws_others()
    {
        long first = Draw(new MachineOptions { RandomSeed = 5 });
        Assert.Equal(first, Draw(new MachineOptions { RandomSeed = 5 }));
        Assert.NotEqual(first, Draw(new MachineOptions { RandomSeed = 6 }));
        Assert.NotEqual(first, Draw(new MachineOptions { RandomSeed = 5, Cpu = 1 }));

        static long Draw(MachineOptions options)
        {
            using var run = new HelperRun("call get_prandom_u32\nr1 = map[out][0]+0 ll\n*(u64 *)(r1 +0) = r0\nr0 = 2\nexit", options);
            run.Run();
            return run.Result(0);
        }
    }

    [Fact]
    public void Clocks_are_the_machines()
    {
        using var run = new HelperRun("""
            r6 = map[out][0]+0 ll
            call ktime_get_ns
            *(u64 *)(r6 +0) = r0
            call ktime_get_coarse_ns
            *(u64 *)(r6 +8) = r0
            call jiffies64
            *(u64 *)(r6 +16) = r0
            r0 = 2
            exit
            """, new MachineOptions { Clock = new FixedClock(9_000_001) });
        run.Run();
        Assert.Equal([9_000_001, 8_000_000, 0xffff_ffff - 75_000 + 1 + 2], new[] { run.Result(0), run.Result(1), run.Result(2) });
    }

    [Fact]
    public void A_trace_line_reaches_the_sink()
    {
        var lines = new List<string>();
        using var run = new HelperRun("""
            r1 = 0x7525206b726f70 ll
            *(u64 *)(r10 -8) = r1
            r1 = r10
            r1 += -8
            r2 = 8
            r3 = 8080
            call trace_printk
            r1 = map[out][0]+0 ll
            *(u64 *)(r1 +0) = r0
            r0 = 2
            exit
            """, new MachineOptions { TraceSink = lines.Add });
        run.Run();
        Assert.Equal(["pork 8080"], lines);
        Assert.Equal(9, run.Result(0));
    }

    [Fact]
    public void Memory_out_of_reach_reads_as_zeros_with_an_error()
    {
        using var run = new HelperRun("""
            r6 = map[out][0]+0 ll
            *(u64 *)(r6 +8) = 77
            r1 = r6
            r1 += 8
            r2 = 8
            r3 = 4096
            call probe_read_kernel
            *(u64 *)(r6 +0) = r0
            r0 = 2
            exit
            """);
        run.Run();
        Assert.Equal([-Errno.EFAULT, 0L], new[] { run.Result(0), run.Result(1) });
    }

    [Fact]
    public void A_spin_lock_keeps_workers_apart_and_is_given_back_after_a_fault()
    {
        using var run = new HelperRun("""
            r6 = map[out][0]+0 ll
            r1 = r6
            call spin_lock
            r0 = *(u32 *)(r6 +0)
            *(u64 *)(r6 +8) = r0
            r1 = r6
            call spin_lock
            r0 = 2
            exit
            """);
        for (int i = 0; i < 2; i++)
        {
            var fault = Assert.Throws<ProgramFaultException>(() => run.Run());
            Assert.Equal("takes a spin lock while it holds one", fault.Reason);
            Assert.Equal(1, run.Result(1));
        }
    }

    [Fact]
    public void A_redirect_is_written_into_the_frame()
    {
        var map = new MapSpec { Name = "ports", Type = MapType.DevMap, KeySize = 4, ValueSize = 4, MaxEntries = 4 };
        map.Entries.Add(new([2, 0, 0, 0], [42, 0, 0, 0]));
        using var run = new HelperRun("r1 = map[ports] ll\nr2 = 2\nr3 = 1\ncall redirect_map\nexit", null, map);
        Assert.Equal((uint)XdpAction.Redirect, run.Run(new byte[64], out Frame frame));
        Assert.Equal(42u, frame.RedirectTarget);
        Assert.Equal(run.Maps["ports"].Handle, frame.RedirectMap);
    }

    [Fact]
    public void A_bad_argument_stops_the_program_and_says_why()
    {
        using var noMap = new HelperRun("r1 = 5\nr2 = r10\nr2 += -4\ncall map_lookup_elem\nr0 = 2\nexit");
        Assert.Contains("which is none", Assert.Throws<ProgramFaultException>(() => noMap.Run()).Reason, StringComparison.Ordinal);

        using var noContext = new HelperRun("r1 = r10\nr2 = 0\ncall xdp_adjust_head\nr0 = 2\nexit");
        Assert.Contains("for the context", Assert.Throws<ProgramFaultException>(() => noContext.Run()).Reason, StringComparison.Ordinal);

        var queue = new MapSpec { Name = "queue", Type = MapType.Queue, ValueSize = 8, MaxEntries = 4 };
        using var wrongMap = new HelperRun("r1 = map[queue] ll\nr2 = r10\nr2 += -8\nr3 = r2\nr4 = 0\ncall map_update_elem\nr0 = 2\nexit", null, queue);
        Assert.Contains("map 'queue' of type Queue", Assert.Throws<ProgramFaultException>(() => wrongMap.Run()).Reason, StringComparison.Ordinal);
    }
}
