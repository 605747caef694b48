namespace Headrace.Dataflow.Tests.Passes;

public class DeadActorsTests
{
    private const string Pass = "dead-actors";

    [Fact]
    public void Stack_that_nobody_reads_is_not_written()
    {
        Assert.Equal(1, Graphs.Apply(Graphs.Plain("*(u64 *)(r10 -8) = r2\nr0 = 0\nexit"), Pass));
        Assert.Equal(0, Graphs.Apply(Graphs.Plain("*(u64 *)(r10 -8) = r2\nr0 = *(u32 *)(r10 -8)\nexit"), Pass));
    }

    [Fact]
    public void A_store_that_is_overwritten_unseen_goes()
    {
        Assert.Equal(1, Graphs.Apply(Graphs.Plain("*(u32 *)(r10 -8) = r2\n*(u64 *)(r10 -8) = 5\nr0 = *(u64 *)(r10 -8)\nexit"), Pass));
        Assert.Equal(0, Graphs.Apply(Graphs.Plain("*(u64 *)(r10 -8) = r2\n*(u32 *)(r10 -8) = 5\nr0 = *(u64 *)(r10 -8)\nexit"), Pass));
    }

    [Fact]
    public void Loads_that_may_fault_stay_without_a_verifiers_word() =>
        Assert.Equal(0, Graphs.Apply(Graphs.Plain("r3 = *(u64 *)(r1 +0)\nr0 = 0\nexit"), Pass));

    [Fact]
    public void Random_numbers_are_drawn_even_for_nothing() =>
        Assert.Equal(1, Graphs.Apply(Graphs.Xdp("call bpf_get_prandom_u32#7\ncall bpf_ktime_get_ns#5\nr0 = 2\nexit"), Pass));
}
