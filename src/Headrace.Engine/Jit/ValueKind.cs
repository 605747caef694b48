namespace Headrace.Engine.Jit;

/// <summary>What is known about where a register's value comes from.</summary>
internal enum ValueKind : byte
{
    /// <summary>A number, or anything at all: within <see cref="AbstractValue.Low"/> and <see cref="AbstractValue.High"/>, unsigned.</summary>
    Number,

    /// <summary>The context (the frame's address) plus <see cref="AbstractValue.Offset"/>.</summary>
    Context,

    /// <summary>The frame pointer of the function at hand plus <see cref="AbstractValue.Offset"/>.</summary>
    Stack,

    /// <summary>
    /// A base inside or behind the packet plus <see cref="AbstractValue.Offset"/>. Base 0 is the packet's first byte; every other base
    /// (<see cref="AbstractValue.Id"/>) lies 0 to <see cref="AbstractValue.High"/> bytes behind it.
    /// </summary>
    Packet,

    /// <summary>
    /// Made from a packet pointer by arithmetic without bounds: accesses through it are compared with the packet, and nothing else is
    /// tried when they are outside.
    /// </summary>
    PacketAnywhere,

    /// <summary>One past the packet's last byte.</summary>
    PacketEnd,

    /// <summary>The handle of map number <see cref="AbstractValue.Map"/>.</summary>
    Map,

    /// <summary>
    /// A value of map number <see cref="AbstractValue.Map"/> plus <see cref="AbstractValue.Offset"/>, plus 0 to <see cref="AbstractValue.High"/> bytes;
    /// with <see cref="AbstractValue.MayBeNull"/> both are 0 and it may also be null.
    /// </summary>
    MapValue,

    /// <summary>The local function that starts at slot <see cref="AbstractValue.Offset"/>.</summary>
    Function,
}
