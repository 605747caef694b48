namespace Headrace.Verifier;

/// <summary>The shape of a program: its subprograms and the places where paths meet.</summary>
internal sealed class ControlFlow(int slots, int[] starts)
{
    /// <summary>First slots of the subprograms, ascending; the first is 0.</summary>
    public int[] Starts { get; } = starts;

    /// <summary>Where states are compared: conditional jumps, targets of jumps, after calls.</summary>
    public bool[] IsPrunePoint { get; } = new bool[slots];

    /// <summary>Where control may arrive from elsewhere than the slot before.</summary>
    public bool[] IsJumpPoint { get; } = new bool[slots];

    /// <summary>Where a state is always kept: loops that end by their own rules.</summary>
    public bool[] IsForcedPoint { get; } = new bool[slots];

    /// <summary>Calls of helpers that call a function back at once.</summary>
    public bool[] CallsBack { get; } = new bool[slots];

    /// <summary>Number of subprograms.</summary>
    public int Count => Starts.Length;

    /// <summary>One past the last slot of a subprogram.</summary>
    public int End(int subprogram) => subprogram + 1 < Starts.Length ? Starts[subprogram + 1] : slots;

    /// <summary>The subprogram that starts at a slot, or -1.</summary>
    public int Find(int start)
    {
        int index = Array.BinarySearch(Starts, start);
        return index < 0 ? -1 : index;
    }

    /// <summary>The subprogram a slot lies in.</summary>
    public int Containing(int slot)
    {
        int index = Array.BinarySearch(Starts, slot);
        return index < 0 ? ~index - 1 : index;
    }
}
