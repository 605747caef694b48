namespace Headrace.Verifier;

/// <summary>What a kernel function does beside taking its arguments and giving a number.</summary>
internal enum KfuncAction : byte
{
    /// <summary>Nothing else.</summary>
    None,
    /// <summary>It returns nothing.</summary>
    ReturnsNothing,
    /// <summary>It makes a dynptr to the packet of the context.</summary>
    MakesPacketDynptr,
    /// <summary>It makes a second dynptr to what the first leads to.</summary>
    ClonesDynptr,
    /// <summary>It returns a piece of a dynptr that can be read.</summary>
    Slices,
    /// <summary>It returns a piece of a dynptr that can be written.</summary>
    SlicesWritable,
    /// <summary>It begins an iterator.</summary>
    BeginsIterator,
    /// <summary>It returns an iterator's next number, or NULL at its end.</summary>
    NextOfIterator,
    /// <summary>It ends an iterator.</summary>
    EndsIterator,
    /// <summary>It begins a section in which RCU keeps what it protects.</summary>
    LocksRcu,
    /// <summary>It ends one.</summary>
    UnlocksRcu,
    /// <summary>It keeps the program on its processor.</summary>
    DisablesPreemption,
    /// <summary>It ends that.</summary>
    EnablesPreemption,
    /// <summary>It moves the packet.</summary>
    MovesPacket,
    /// <summary>It asks the device of a program bound to one.</summary>
    AsksDevice,
}
