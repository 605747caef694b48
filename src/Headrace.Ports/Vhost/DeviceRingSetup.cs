using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>What a device's ring is made of, checked: the driver's memory, addresses of the three parts in it, and what was negotiated.</summary>
internal sealed unsafe class DeviceRingSetup
{
    public required PeerSession Session { get; init; }
    public required VhostMemory Memory { get; init; }
    public required EventDescriptor? Call { get; init; }

    /// <summary>Descriptors, of a split ring a power of two.</summary>
    public required uint Size { get; init; }

    /// <summary>Descriptor table, or the packed ring.</summary>
    public required byte* Descriptors { get; init; }

    /// <summary>The driver's area: available ring, or its event suppression.</summary>
    public required byte* Driver { get; init; }

    /// <summary>The device's area: used ring, or its event suppression.</summary>
    public required byte* Device { get; init; }

    /// <summary>Where to go on, in the form of SET_VRING_BASE.</summary>
    public required uint Base { get; init; }

    public required uint HeaderSize { get; init; }
    public required bool IsMergeable { get; init; }
}
