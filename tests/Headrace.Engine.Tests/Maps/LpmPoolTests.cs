namespace Headrace.Engine.Tests;

public sealed unsafe class LpmPoolTests
{
    private const int Pieces = 10_000;

    [Fact]
    public void Retired_pieces_are_used_again_when_the_bursts_are_over_that_could_hold_them()
    {
        using var pool = new LpmPool(64);
        using var machine = new Engine.Machine();
        machine.Begin(null, null);
        var seen = new HashSet<nint>();
        for (int i = 0; i < Pieces; i++)
            Assert.True(seen.Add(Turn(pool)), "a piece was used again while a burst ran that began before it was retired");
        machine.End();
        // Bursts of other tests may run; each comes to its end.
        var patience = DateTime.UtcNow.AddMinutes(2);
        while (seen.Add(Turn(pool)))
            Assert.True(DateTime.UtcNow < patience, $"none of {seen.Count} pieces was used again");
    }

    [Fact]
    public void A_burst_that_begins_later_keeps_nothing_waiting()
    {
        using var early = new Engine.Machine();
        using var late = new Engine.Machine();
        early.Begin(null, null);
        ulong period = GracePeriods.Start();
        late.Begin(null, null);
        Assert.False(GracePeriods.HasPassed(period));
        early.End();
        Assert.True(SpinWait.SpinUntil(() => GracePeriods.HasPassed(period), TimeSpan.FromMinutes(2)));
        Assert.False(GracePeriods.HasPassed(GracePeriods.Start()), "a burst runs");
        late.End();
    }

    [Fact]
    public void A_burst_without_end_does_not_take_all_memory()
    {
        using var pool = new LpmPool(64, mostRetired: 5_000);
        using var machine = new Engine.Machine();
        machine.Begin(null, null);
        Assert.Throws<OutOfMemoryException>(() =>
        {
            for (int i = 0; i < Pieces; i++)
                Turn(pool);
        });
        machine.End();
        Assert.True(SpinWait.SpinUntil(() => Record.Exception(() => Turn(pool)) is null, TimeSpan.FromMinutes(2)));
    }

    private static nint Turn(LpmPool pool)
    {
        byte* piece = pool.Take();
        pool.Retire(piece);
        return (nint)piece;
    }
}
