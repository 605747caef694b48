namespace Headrace.Engine.Jit;

/// <summary>What a helper may change besides R0 to R5, as far as the compiler's facts are concerned.</summary>
[Flags]
internal enum HelperEffects
{
    /// <summary>Nothing that facts are about.</summary>
    None = 0,

    /// <summary>Writes through pointers in its arguments.</summary>
    WritesMemory = 1,

    /// <summary>Moves the packet's start or end, or its bytes to another buffer.</summary>
    MovesPacket = 2,

    /// <summary>Calls functions of the program.</summary>
    CallsBack = 4,

    /// <summary>Anything.</summary>
    All = WritesMemory | MovesPacket | CallsBack,
}
