namespace Headrace.Linux;

/// <summary>Where an XDP program is to run.</summary>
public enum XdpMode
{
    /// <summary>In the driver where it can, else in the network stack: the kernel's choice.</summary>
    Auto,

    /// <summary>In the driver (<c>xdpdrv</c>).</summary>
    Native,

    /// <summary>In the network stack, behind the driver (<c>xdpgeneric</c>): any device, slower.</summary>
    Generic,

    /// <summary>On the device itself (<c>xdpoffload</c>); the program must be loaded for that device.</summary>
    Hardware,
}
