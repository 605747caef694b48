namespace Headrace.Engine;

/// <summary>A timer that lives in a map's value: <c>struct bpf_timer</c>, whose 16 bytes hold its number.</summary>
/// <param name="number">The number, never used twice.</param>
/// <param name="map">The map it is in.</param>
/// <param name="address">Address of the 16 bytes.</param>
/// <param name="clock">The clock it goes by.</param>
internal sealed unsafe class ProgramTimer(ulong number, Map map, ulong* address, TimerClock clock)
{
    public ulong Number { get; } = number;

    public Map Map { get; } = map;

    public ulong* Address { get; } = address;

    public TimerClock Clock { get; } = clock;

    /// <summary>The function to call (see <see cref="FunctionPointers"/>), 0 when none is set.</summary>
    public ulong Callback { get; set; }

    /// <summary>Counts starts and cancels: an entry of the queue made for another count is stale.</summary>
    public int Generation { get; set; }

    /// <summary>True between start and expiry.</summary>
    public bool IsPending { get; set; }


    /// <summary>False when the element it was in is deleted or taken by another.</summary>
    public bool IsAlive => *Address == Number;
}
