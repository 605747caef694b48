using Headrace.Bytecode;

namespace Headrace.Ports;

/// <summary>A capture that cannot be read or written further: which file, where in it, and why.</summary>
public sealed class CaptureException : HeadraceException
{
    /// <summary>Makes the error.</summary>
    /// <param name="capture">The file, or what stands for it.</param>
    /// <param name="offset">Byte of the file, counted from 0, where the offending piece begins.</param>
    /// <param name="packet">Index of the packet concerned, counted from 0; null when it is not about a packet.</param>
    /// <param name="reason">What is wrong.</param>
    /// <param name="inner">The system's error, when there is one.</param>
    public CaptureException(string capture, long offset, long? packet, string reason, Exception? inner = null)
        : base(packet is null ? $"{capture}: at byte {offset}: {reason}" : $"{capture}: packet {packet} (counted from 0) at byte {offset}: {reason}", inner!) =>
        (Capture, Offset, Packet, Reason) = (capture, offset, packet, reason);

    /// <summary>The file, or what stands for it.</summary>
    public string Capture { get; }

    /// <summary>Byte of the file, counted from 0, where the offending piece begins.</summary>
    public long Offset { get; }

    /// <summary>Index of the packet concerned, counted from 0; null when the error is not about a packet.</summary>
    public long? Packet { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }
}
