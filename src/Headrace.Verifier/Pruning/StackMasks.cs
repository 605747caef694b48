namespace Headrace.Verifier;

/// <summary>What one instruction does with one frame's stack: a bit for each 8 bytes, bit 0 right below the frame pointer.</summary>
internal struct StackMasks
{
    /// <summary>Slots that some path reads here.</summary>
    public ulong MayRead;

    /// <summary>Slots that every path writes whole here.</summary>
    public ulong MustWrite;

    /// <summary>Slots that are written whole here or, on every way on to the function's end, later.</summary>
    public ulong MustWriteLater;

    /// <summary>Slots that are read here or later, before they are written.</summary>
    public ulong Live;
}
