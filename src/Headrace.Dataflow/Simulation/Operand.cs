namespace Headrace.Dataflow;

/// <summary>Where an operand comes from: a place of the activation, a number, or the end of a stack frame.</summary>
/// <param name="Place">The place; -1 for a number, -2 for a frame.</param>
/// <param name="Value">The number, or frames below the function's own.</param>
internal readonly record struct Operand(int Place, ulong Value = 0)
{
    /// <summary>Mark of a number.</summary>
    public const int Number = -1;

    /// <summary>Mark of a stack frame's end.</summary>
    public const int Frame = -2;
}
