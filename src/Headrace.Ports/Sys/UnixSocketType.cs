namespace Headrace.Ports.Sys;

/// <summary>What a UNIX socket carries (socket(2)).</summary>
internal enum UnixSocketType
{
    /// <summary>A stream of bytes: <c>SOCK_STREAM</c>, vhost-user's.</summary>
    Stream = 1,

    /// <summary>Messages in order: <c>SOCK_SEQPACKET</c>, memif's.</summary>
    SequencedPacket = 5,
}
