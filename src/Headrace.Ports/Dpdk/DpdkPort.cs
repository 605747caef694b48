using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary><c>dpdk:ARGS</c>: any device that DPDK drives, through librte_ethdev's exported functions and tables.</summary>
internal sealed unsafe class DpdkPort : IPacketPort
{
    /// <summary>The word before the colon; what follows is split by white space and not by commas.</summary>
    public const string KindName = "dpdk";

    private const int LinkIsUp = 1 << 2; // link_status of struct rte_eth_link, behind duplex and autoneg

    private readonly DpdkEnvironment _environment;
    private readonly List<DpdkQueue> _queues = [];
    private bool _disposed;

    private DpdkPort(PortSpec spec, PortOptions options)
    {
        Spec = spec;
        var arguments = DpdkArguments.Parse(spec);
        _environment = spec.Make(() => DpdkEnvironment.Start(arguments));
        Number = spec.Make(() => _environment.Take(arguments.Device));
        Device = _environment.NameOf(Number);
        try
        {
            Start(arguments, options);
        }
        catch (HeadraceException error)
        {
            _environment.Return(Number);
            throw spec.Fail(error.Message, error);
        }
        Capabilities = new PortCapabilities
        {
            Headroom = DpdkEnvironment.PrivateSize + DpdkAbi.MbufHeadroom,
            MaxFrame = 2048,
            ZeroCopyReceive = true,
            ZeroCopySend = true,
            Note = $"{_environment.Dpdk.Version}, {Device}",
        };
    }

    public static PortKind Kind { get; } = new(KindName, "dpdk:[DEVICE] [queues=N] [ring=N] [EAL OPTIONS]",
        "any device that DPDK 22.11 drives, such as 'dpdk:--no-huge -m 256 --vdev=net_null0'", (spec, options) => new DpdkPort(spec, options), Obstacle);

    /// <inheritdoc/>
    public PortSpec Spec { get; }

    /// <inheritdoc/>
    public uint Ifindex { get; set; }

    /// <inheritdoc/>
    public PortCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public IReadOnlyList<PacketQueue> Queues => _queues;

    /// <inheritdoc/>
    public string? DownReason
    {
        get
        {
            ulong link = 0;
            bool isUp = !_disposed && _environment.Dpdk.GetLink(Number, &link) == 0 && ((link >> 32) & LinkIsUp) != 0;
            return isUp ? null : $"the link of {Device} is down";
        }
    }

    /// <summary>The device's name.</summary>
    internal string Device { get; }

    /// <summary>DPDK's number of the device.</summary>
    internal ushort Number { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        foreach (DpdkQueue queue in _queues)
            queue.Dispose();
        _environment.Close(Number, Device);
    }

    private static string Obstacle()
    {
        try
        {
            _ = Dpdk.Loaded;
            return "";
        }
        catch (HeadraceException error)
        {
            return error.Message;
        }
    }

    private void Start(DpdkArguments arguments, PortOptions options)
    {
        Dpdk dpdk = _environment.Dpdk;
        byte* information = stackalloc byte[DpdkAbi.DeviceInfoSize];
        Check(dpdk.GetDeviceInfo(Number, information), "tell about itself");
        int most = Math.Min(*(ushort*)(information + DpdkAbi.DeviceMaxReceiveQueues), *(ushort*)(information + DpdkAbi.DeviceMaxTransmitQueues));
        int queues = arguments.Queues > 0 ? arguments.Queues : Math.Min(Math.Max(1, options.Workers), most);
        if (queues > most)
            throw new HeadraceException($"'queues={queues}': {Device} has {most}");
        byte* configuration = (byte*)NativeMemory.AllocZeroed(DpdkAbi.ConfigurationSize);
        ulong rss = *(ulong*)(information + DpdkAbi.DeviceRss);
        if (queues > 1 && rss != 0)
        {
            *(uint*)(configuration + DpdkAbi.ConfigurationMultiQueue) = DpdkAbi.MultiQueueRss;
            *(ulong*)(configuration + DpdkAbi.ConfigurationRssFields) = rss;
        }
        int configured = dpdk.Configure(Number, (ushort)queues, (ushort)queues, configuration);
        NativeMemory.Free(configuration);
        Check(configured, $"take {queues} queues");
        ushort receive = (ushort)arguments.Ring, transmit = (ushort)arguments.Ring;
        Check(dpdk.AdjustRings(Number, &receive, &transmit), $"take rings of {arguments.Ring}");
        for (int i = 0; i < queues; i++)
        {
            Check(dpdk.SetUpReceive(Number, (ushort)i, receive, DpdkAbi.AnySocket, null, _environment.Pool), "set up a receive queue");
            Check(dpdk.SetUpTransmit(Number, (ushort)i, transmit, DpdkAbi.AnySocket, null), "set up a transmit queue");
        }
        Check(dpdk.Start(Number), "start");
        _ = dpdk.EnablePromiscuous(Number); // devices without the notion refuse it
        for (int i = 0; i < queues; i++)
            _queues.Add(new DpdkQueue(this, _environment, (ushort)i));
    }

    private void Check(int result, string what)
    {
        if (result < 0)
            throw new HeadraceException($"{Device} does not {what}: {_environment.Dpdk.Describe(result)}");
    }
}
