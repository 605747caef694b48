namespace Headrace.Linux;

/// <summary>Which way packets go that a tc program sees.</summary>
public enum TcDirection
{
    /// <summary>Packets that come in by the device.</summary>
    Ingress,

    /// <summary>Packets that leave by the device.</summary>
    Egress,
}
