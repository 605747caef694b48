using System.Globalization;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests.Helpers;

public class CallbackHelperTests
{
    private static readonly MapSpec s_timers = new() { Name = "timers", Type = MapType.Hash, KeySize = 4, ValueSize = 24, MaxEntries = 4 };

    [Theory]
    [InlineData(0, 100, 0, 0, 0)]
    [InlineData(10, 100, 0, 10, 10)]
    [InlineData(10, 3, 0, 4, 4)]
    [InlineData(10, 0, 0, 1, 1)]
    [InlineData(8388609, 100, 0, -7, 0)]
    [InlineData(10, 100, 1, -22, 0)]
    public void A_loop_runs_until_its_callback_says_stop(int count, int stopAt, int flags, long expected, long calls)
    {
        using var run = new HelperRun(string.Create(CultureInfo.InvariantCulture, $"""
            r6 = map[out][0]+0 ll
            r1 = {count}
            r2 = subprog[body] ll
            r3 = r6
            r4 = {flags}
            call loop
            *(u64 *)(r6 +0) = r0
            r0 = 2
            exit
            body:
            r3 = *(u64 *)(r2 +8)
            r3 += 1
            *(u64 *)(r2 +8) = r3
            r0 = 0
            if r1 != {stopAt} goto more
            r0 = 1
            more: exit
            """));
        run.Run();
        Assert.Equal(expected, run.Result(0));
        Assert.Equal(calls, run.Result(1));
    }

    [Fact]
    public void Every_element_is_visited_even_when_the_callback_deletes()
    {
        var map = new MapSpec { Name = "flows", Type = MapType.Hash, KeySize = 4, ValueSize = 8, MaxEntries = 16 };
        for (byte i = 0; i < 10; i++)
            map.Entries.Add(new([i, 0, 0, 0], [i, 0, 0, 0, 0, 0, 0, 0]));
        using var run = new HelperRun("""
            r6 = map[out][0]+0 ll
            r1 = map[flows] ll
            r2 = subprog[body] ll
            r3 = r6
            r4 = 0
            call for_each_map_elem
            *(u64 *)(r6 +0) = r0
            r0 = 2
            exit
            body:
            r5 = *(u64 *)(r3 +0)
            r0 = *(u64 *)(r4 +8)
            r0 += r5
            *(u64 *)(r4 +8) = r0
            call map_delete_elem
            r0 = 0
            exit
            """, null, map);
        run.Run();
        Assert.Equal(10, run.Result(0));
        Assert.Equal(45, run.Result(1));
        Assert.Empty(run.Maps["flows"].Entries());
    }

    [Fact]
    public void A_timer_runs_once_when_it_is_due()
    {
        var clock = new FixedClock(1000);
        using HelperRun run = Timer(clock, "r2 = 500\nr3 = 0\ncall timer_start");
        run.Run();
        Assert.Equal([0, 0, 0], new[] { run.Result(0), run.Result(1), run.Result(2) });
        Assert.Equal(0, run.Executor.Machine.RunTimers());
        clock.Now = 1500;
        Assert.Equal(1, run.Executor.Machine.RunTimers());
        Assert.Equal(5, run.Result(3));
        Assert.Equal(0, run.Executor.Machine.RunTimers());
    }

    [Fact]
    public void A_timer_of_a_deleted_element_never_runs()
    {
        var clock = new FixedClock(1000);
        using HelperRun run = Timer(clock, "r2 = 500\nr3 = 0\ncall timer_start");
        run.Run();
        run.Maps["timers"].Delete([5, 0, 0, 0]);
        clock.Now = 5000;
        Assert.Equal(0, run.Executor.Machine.RunTimers());
        Assert.Equal(0, run.Result(3));
    }

    [Fact]
    public void A_timer_can_be_cancelled_and_started_at_a_time()
    {
        var clock = new FixedClock(1000);
        using HelperRun cancelled = Timer(clock, "r2 = 500\nr3 = 0\ncall timer_start\nr1 = r7\ncall timer_cancel");
        cancelled.Run();
        Assert.Equal(1, cancelled.Result(2));
        clock.Now = 2000;
        Assert.Equal(0, cancelled.Executor.Machine.RunTimers());

        using HelperRun absolute = Timer(clock, "r2 = 2500\nr3 = 1\ncall timer_start");
        absolute.Run();
        Assert.Equal(0, absolute.Executor.Machine.RunTimers());
        clock.Now = 2500;
        Assert.Equal(1, absolute.Executor.Machine.RunTimers());
    }

    [Fact]
    public void A_timer_is_made_once_and_before_it_is_used()
    {
        using HelperRun run = Timer(new FixedClock(), "r2 = 5\nr3 = 4\ncall timer_start");
        run.Run();
        Assert.Equal(-Errno.EINVAL, run.Result(2));
        run.Run();
        Assert.Equal(-Errno.EBUSY, run.Result(0));
    }

    private static HelperRun Timer(Clock clock, string start)
    {
        var map = new MapSpec { Name = "timers", Type = s_timers.Type, KeySize = 4, ValueSize = 24, MaxEntries = 4 };
        map.Entries.Add(new([5, 0, 0, 0], new byte[24]));
        return new HelperRun($"""
            r6 = map[out][0]+0 ll
            *(u32 *)(r10 -4) = 5
            r1 = map[timers] ll
            r2 = r10
            r2 += -4
            call map_lookup_elem
            if r0 == 0 goto end
            r7 = r0
            r1 = r7
            r2 = map[timers] ll
            r3 = 1
            call timer_init
            *(u64 *)(r6 +0) = r0
            r1 = r7
            r2 = subprog[expired] ll
            call timer_set_callback
            *(u64 *)(r6 +8) = r0
            r1 = r7
            {start}
            *(u64 *)(r6 +16) = r0
            end: r0 = 2
            exit
            expired:
            r3 = *(u32 *)(r2 +0)
            r1 = map[out][0]+24 ll
            *(u64 *)(r1 +0) = r3
            r0 = 0
            exit
            """, new MachineOptions { Clock = clock }, map);
    }
}
