namespace Headrace.Ports;

/// <summary>Takes a packet after the program ran on it.</summary>
/// <param name="index">Index in the source, from 0.</param>
/// <param name="verdict">Low half of R0.</param>
/// <param name="timestamp">Nanoseconds since 1970-01-01 UTC, as the source had it.</param>
/// <param name="packet">The packet as the program left it; valid during the call.</param>
public delegate void PacketHandler(long index, uint verdict, ulong timestamp, ReadOnlySpan<byte> packet);
