namespace Headrace.Dataflow;

/// <summary>What a helper does besides reading and writing through its arguments, and what it may do to a run.</summary>
[Flags]
internal enum HelperBehavior : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Looks which elements its map has.</summary>
    ReadsElements = 1 << 0,

    /// <summary>Reads its map's values.</summary>
    ReadsValues = 1 << 1,

    /// <summary>Changes its map's elements and their values.</summary>
    ChangesMap = 1 << 2,

    /// <summary>Reads the packet or the context.</summary>
    ReadsPacket = 1 << 3,

    /// <summary>Changes the packet or the context: bytes, length, place, fields.</summary>
    ChangesPacket = 1 << 4,

    /// <summary>Gives, or takes back, memory such as a ring buffer's record.</summary>
    ChangesRecords = 1 << 5,

    /// <summary>Belongs to an order that the world sees: output, where the packet goes, clocks, random numbers.</summary>
    ChangesWorld = 1 << 6,

    /// <summary>May touch any memory.</summary>
    IsOpaque = 1 << 7,

    /// <summary>Calls functions of the program before it returns: they spend of the run's budget.</summary>
    CallsBack = 1 << 8,

    /// <summary>The run may hold something afterwards that the next must not find: memory that is there for this run alone, a lock.</summary>
    Holds = 1 << 9,

    /// <summary>Gives an answer whatever it is called with, where a verifier has seen to its arguments: nothing it works on is counted, nothing faults.</summary>
    AlwaysAnswers = 1 << 10,

    /// <summary>Nobody notices when it is not called but who takes its answer.</summary>
    GoesUnnoticed = 1 << 11,

    /// <summary>Reads memory that its prototype does not name: at an address that is a mere number to it, or lies among the values of a format.</summary>
    ReadsAnyMemory = 1 << 12,

    /// <summary>Whatever a helper can do.</summary>
    Anything = ((1 << 10) - 1) | ReadsAnyMemory,
}
