namespace Headrace.Ports;

/// <summary>How a capture file is laid out.</summary>
public enum CaptureFormat
{
    /// <summary>The classic format: one header, then packets (draft-ietf-opsawg-pcap).</summary>
    Pcap,

    /// <summary>The block format with sections and interfaces (draft-ietf-opsawg-pcapng).</summary>
    Pcapng,
}
