using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Linux.Tests.Live;

/// <summary>The firewall of <c>programs/</c> on a veth, with real ping, UDP and TCP.</summary>
public sealed class FirewallTests : IDisposable
{
    private const byte Icmp = 1, Tcp = 6, Udp = 17;
    private const int Headers = 14 + 20 + 8; // Ethernet, IPv4, UDP or ICMP echo
    private const int PingBytes = 56;

    private static readonly string s_object = Path.Combine(Repository.Programs, "firewall.bpf.o");

    private readonly VethPair _pair;

    public FirewallTests()
    {
        RequiresKernel.OrSkip();
        Shell.Require("ping");
        _pair = new VethPair();
    }

    public void Dispose() => _pair.Dispose();

    [Theory]
    [InlineData(XdpMode.Native)]
    [InlineData(XdpMode.Generic)]
    public void Traffic_passes_and_is_dropped_as_the_maps_say_and_counted(XdpMode mode)
    {
        using KernelCollection collection = KernelCollection.Load(CollectionSpec.Load(s_object));
        var rules = new FirewallRules(collection.Maps);
        XdpLink link;
        using (_pair.EnterNear())
            link = collection.Programs["firewall"].AttachXdp(VethPair.Device, mode);

        rules.SetFlow(Icmp, 0, 0, 10, FirewallRules.Pass);
        Assert.True(Ping(5));
        Assert.Equal(new FirewallRules.Counter { Packets = 5, Bytes = 5 * (Headers + PingBytes) }, rules.Counted(10));
        rules.SetFlow(Icmp, 0, 0, 11, FirewallRules.Drop);
        Assert.False(Ping(3));
        Assert.Equal(3ul, rules.Counted(11).Packets);

        rules.SetFlow(Udp, 4000, 5000, 20, FirewallRules.Pass);
        Assert.Equal(200, SendUdp(4000, 5000, 200, arrive: true));
        Assert.Equal(new FirewallRules.Counter { Packets = 200, Bytes = 200 * (Headers + 100) }, rules.Counted(20));
        rules.SetFlow(Udp, 4000, 5000, 21, FirewallRules.Drop);
        Assert.Equal(0, SendUdp(4000, 5000, 200, arrive: false));
        Assert.Equal(200ul, rules.Counted(21).Packets);

        rules.SetFlow(Tcp, 4100, 5100, 30, FirewallRules.Pass);
        Assert.True(SendTcp(4100, 5100, arrives: true));
        Assert.True(rules.Counted(30).Bytes > 200_000);
        rules.SetFlow(Tcp, 4101, 5100, 31, FirewallRules.Drop);
        Assert.False(SendTcp(4101, 5100, arrives: false));
        Assert.True(rules.Counted(31).Packets > 0);

        // A wider block with a hole in it.
        rules.SetNetwork("10.99.0.0", 24, 40, FirewallRules.Drop);
        Assert.Equal(0, SendUdp(4001, 5001, 50, arrive: false));
        rules.SetFlow(Udp, 4001, 5001, 41, FirewallRules.Pass);
        Assert.Equal(50, SendUdp(4001, 5001, 50, arrive: true));
        Assert.True(rules.Counted(40).Packets >= 50);
        Assert.Equal(50ul, rules.Counted(41).Packets);
        link.Dispose();
        using (_pair.EnterNear())
            Assert.Equal(XdpAttached.None, NetworkDevice.Find(VethPair.Device).Xdp.Attached);
        Assert.Equal(50, SendUdp(4002, 5002, 50, arrive: true));
    }

    [Theory]
    [InlineData(XdpMode.Native, AttachMethod.Link)]
    [InlineData(XdpMode.Native, AttachMethod.Netlink)]
    [InlineData(XdpMode.Generic, AttachMethod.Link)]
    [InlineData(XdpMode.Generic, AttachMethod.Netlink)]
    public void Replacing_under_traffic_lets_no_packet_by(XdpMode mode, AttachMethod method)
    {
        const int Replacements = 200;
        using KernelCollection first = KernelCollection.Load(CollectionSpec.Load(s_object));
        using KernelCollection second = KernelCollection.Load(CollectionSpec.Load(s_object), new KernelLoadOptions { Maps = first.Maps });
        var rules = new FirewallRules(first.Maps);
        rules.SetFlow(Udp, 4000, 5000, 10, FirewallRules.Drop);
        XdpLink link;
        using (_pair.EnterNear())
            link = first.Programs["firewall"].AttachXdp(VethPair.Device, new XdpAttachOptions { Mode = mode, Method = method });

        using Socket receiver = OpenUdp(_pair.Near, VethPair.NearAddress, 5000);
        using Socket sender = OpenUdp(_pair.Far, VethPair.FarAddress, 4000);
        sender.SendTo([1], new IPEndPoint(IPAddress.Parse(VethPair.NearAddress), 5000)); // resolves the address
        Eventually.Holds(() => rules.Counted(10).Packets == 1, "the first packet is counted");
        // The system sends packets of its own (neighbour discovery): both numbers are of one moment.
        ulong sentBefore, countedBefore;
        do
        {
            (sentBefore, countedBefore) = (Transmitted(), rules.AllPackets());
            Thread.Sleep(5);
        }
        while (Transmitted() != sentBefore || rules.AllPackets() != countedBefore);
        long sent = 0;
        using var stop = new CancellationTokenSource();
        var sending = new Thread(() =>
        {
            var target = new IPEndPoint(IPAddress.Parse(VethPair.NearAddress), 5000);
            SocketAddress address = target.Serialize();
            byte[] bytes = new byte[100];
            while (!stop.IsCancellationRequested)
            {
                sender.SendTo(bytes, SocketFlags.None, address);
                sent++;
            }
        });
        sending.Start();
        for (int i = 0; i < Replacements; i++)
        {
            link.Replace((i % 2 == 0 ? second : first).Programs["firewall"]);
            Thread.Sleep(1);
        }
        stop.Cancel();
        sending.Join();
        Assert.True(sent > Replacements, $"only {sent} packets were sent");
        Assert.Equal(0, receiver.Available);
        // What the sender's end handed over is what the programs counted, whichever of them saw it.
        Eventually.Holds(() => rules.AllPackets() - countedBefore == Transmitted() - sentBefore,
            $"every packet is counted: {Transmitted() - sentBefore} went out, {rules.AllPackets() - countedBefore} were counted");
        // A sender that outruns a busy receiver has most of its packets dropped before they come to a program.
        Assert.True((long)rules.Counted(10).Packets >= Replacements, $"{sent} packets were sent, {rules.Counted(10).Packets} came to a program");
        link.Dispose();
    }

    [Fact]
    public void A_killed_loader_leaves_pinned_links_at_work_and_nothing_once_unpinned()
    {
        using var mount = new BpfMount();
        string prefix = $"hk{Environment.ProcessId % 100_000}_";
        uint[] maps;
        using (LoaderProcess loader = LoaderProcess.Start(new LoaderProcess.Job(s_object, "firewall", _pair.Near, mount["pins"], prefix)))
        {
            loader.WaitUntilReady();
            loader.Kill();
        }
        maps = MapsNamed(prefix);
        Assert.Equal(4, maps.Length);
        using (KernelMap flows = KernelMap.OpenPinned(mount["pins/flows"]))
        using (KernelMap networks = KernelMap.OpenPinned(mount["pins/networks4"]))
        using (KernelMap counters = KernelMap.OpenPinned(mount["pins/counters"]))
        {
            var rules = new FirewallRules(new Dictionary<string, KernelMap> { ["flows"] = flows, ["networks4"] = networks, ["counters"] = counters });
            rules.SetFlow(Udp, 4000, 5000, 10, FirewallRules.Drop);
            Assert.Equal(0, SendUdp(4000, 5000, 20, arrive: false));
            Assert.Equal(20ul, rules.Counted(10).Packets);
            Assert.Equal(20, SendUdp(4001, 5000, 20, arrive: true));
        }
        uint program;
        using (KernelLink link = KernelLink.OpenPinned(mount["pins/link"]))
            program = link.GetInfo().ProgramId;
        foreach (string pin in Directory.GetFiles(mount["pins"]))
            Assert.True(BpfFileSystem.Unpin(pin));
        Eventually.Holds(() => MapsNamed(prefix).Length == 0 && KernelProgram.TryOpen(program) is null, "everything is gone once unpinned");
        using (_pair.EnterNear())
            Assert.Equal(XdpAttached.None, NetworkDevice.Find(VethPair.Device).Xdp.Attached);
        Assert.Equal(20, SendUdp(4000, 5000, 20, arrive: true));
    }

    [Fact]
    public void A_killed_loader_without_pins_leaves_nothing()
    {
        string prefix = $"hn{Environment.ProcessId % 100_000}_";
        using (LoaderProcess loader = LoaderProcess.Start(new LoaderProcess.Job(s_object, "firewall", _pair.Near, "", prefix)))
        {
            loader.WaitUntilReady();
            Assert.Equal(4, MapsNamed(prefix).Length);
            loader.Kill();
        }
        Eventually.Holds(() => MapsNamed(prefix).Length == 0, "the maps are gone");
        using (_pair.EnterNear())
            Assert.Equal(XdpAttached.None, NetworkDevice.Find(VethPair.Device).Xdp.Attached);
    }

    internal static uint[] MapsNamed(string prefix) =>
        [.. KernelMap.All().Where(map => map.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(map => map.Id)];

    private bool Ping(int count) =>
        _pair.FromFar("ping", "-c", $"{count}", "-i", "0.05", "-W", "1", "-s", $"{PingBytes}", VethPair.NearAddress).Code == 0;

    /// <summary>Sends datagrams of 100 bytes from the far to the near end.</summary>
    /// <param name="from">The sender's port.</param>
    /// <param name="to">The receiver's.</param>
    /// <param name="count">How many.</param>
    /// <param name="arrive">Whether they are awaited: on a busy machine they may take a while.</param>
    /// <returns>How many arrived.</returns>
    private int SendUdp(int from, int to, int count, bool arrive)
    {
        using Socket receiver = OpenUdp(_pair.Near, VethPair.NearAddress, to);
        using Socket sender = OpenUdp(_pair.Far, VethPair.FarAddress, from);
        var target = new IPEndPoint(IPAddress.Parse(VethPair.NearAddress), to);
        for (int i = 0; i < count; i++)
            sender.SendTo(new byte[100], target);
        int arrived = 0;
        byte[] buffer = new byte[200];
        receiver.ReceiveTimeout = arrive ? 20_000 : 300;
        try
        {
            while (arrived < count && receiver.Receive(buffer) == 100)
                arrived++;
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            // what has not come by now was dropped
        }
        return arrived;
    }

    /// <summary>Sends 200 kB over a connection from the far to the near end.</summary>
    /// <param name="from">The sender's port.</param>
    /// <param name="to">The receiver's.</param>
    /// <param name="arrives">Whether the connection is awaited: on a busy machine it may take a while.</param>
    /// <returns>True when they all arrived.</returns>
    private bool SendTcp(int from, int to, bool arrives)
    {
        const int Length = 200_000;
        using Socket listener = InNamespace(_pair.Near, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Parse(VethPair.NearAddress), to));
        listener.Listen();
        using Socket client = InNamespace(_pair.Far, () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        client.Bind(new IPEndPoint(IPAddress.Parse(VethPair.FarAddress), from));
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(arrives ? 30_000 : 1500));
        try
        {
            client.ConnectAsync(new IPEndPoint(IPAddress.Parse(VethPair.NearAddress), to), patience.Token).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        using Socket server = listener.Accept();
        var sending = Task.Run(() =>
        {
            client.Send(new byte[Length]);
            client.Shutdown(SocketShutdown.Send);
        });
        int received = 0;
        byte[] buffer = new byte[1 << 16];
        for (int length; (length = server.Receive(buffer)) > 0;)
            received += length;
        sending.GetAwaiter().GetResult();
        return received == Length;
    }

    private ulong Transmitted()
    {
        using var json = JsonDocument.Parse(Shell.Run("ip", "-n", _pair.Far, "-s", "-j", "link", "show", "dev", VethPair.Device));
        return json.RootElement[0].GetProperty("stats64").GetProperty("tx").GetProperty("packets").GetUInt64();
    }

    private static Socket OpenUdp(string place, string address, int port) => InNamespace(place, () =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        return socket;
    });

    // A socket stays in the namespace it was made in.
    private static Socket InNamespace(string place, Func<Socket> make)
    {
        using (NetworkNamespace.Enter(place))
            return make();
    }
}
