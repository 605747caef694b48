namespace Headrace.Linux.Tests.Verification.Typed;

/// <summary>What the generator believes a register holds.</summary>
internal enum Holding
{
    Nothing,
    Number,
    /// <summary>A number from 0 to 63.</summary>
    Small,
    Context,
    Packet,
    PacketEnd,
    Metadata,
    /// <summary>A value of the map <c>big</c> or none.</summary>
    BigOrNull,
    Big,
    /// <summary>A value of 8 bytes or none.</summary>
    ValueOrNull,
    Value,
    Stack,
    RecordOrNull,
    Record,
    SocketOrNull,
    Socket,
}
