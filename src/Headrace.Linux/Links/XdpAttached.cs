namespace Headrace.Linux;

/// <summary>How XDP programs run on a device (<c>XDP_ATTACHED_*</c>).</summary>
public enum XdpAttached
{
    /// <summary>None is attached.</summary>
    None = 0,

    /// <summary>In the driver.</summary>
    Native = 1,

    /// <summary>In the network stack, for any device.</summary>
    Generic = 2,

    /// <summary>On the device itself.</summary>
    Hardware = 3,

    /// <summary>In several ways at once.</summary>
    Multiple = 4,
}
