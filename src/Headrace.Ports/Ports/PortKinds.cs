namespace Headrace.Ports;

/// <summary>The kinds of ports there are.</summary>
public static class PortKinds
{
    /// <summary>All of them, in the order of a listing.</summary>
    public static IReadOnlyList<PortKind> All { get; } =
    [
        AfXdpPort.Kind,
        PacketPort.Kind,
        TapPort.Kind,
        LoopPort.Kind,
        GeneratorPort.Kind,
        CapturePort.Kind,
        NullPort.Kind,
        MemifPort.Kind,
        VhostPort.Kind,
        VirtioUserPort.Kind,
        DpdkPort.Kind,
    ];

    /// <summary>Their names for a message.</summary>
    internal static string Names => string.Join(", ", All.Select(kind => kind.Name));

    /// <summary>Opens a port.</summary>
    /// <exception cref="PortException">There is no such kind, it does not know an option, or this machine cannot have it.</exception>
    public static IPacketPort Open(PortSpec spec, PortOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(spec);
        PortKind kind = All.FirstOrDefault(kind => kind.Name == spec.Kind)
            ?? throw spec.Fail($"there is no kind of port '{spec.Kind}'; there are: {Names}");
        return kind.Open(spec, options ?? new PortOptions());
    }

    /// <summary>Reads a specification and opens the port.</summary>
    /// <exception cref="PortException">It cannot be read or opened.</exception>
    public static IPacketPort Open(string spec, PortOptions? options = null) => Open(PortSpec.Parse(spec), options);
}
