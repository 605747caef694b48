using System.Net.Sockets;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Live;

/// <summary>What the library answers a process that may do nothing: one line a try, its name, then the first two lines of the message.</summary>
internal static class UnprivilegedProbe
{
    public const string Program = "?unprivileged";

    private static readonly (string Name, Action Try)[] s_tries =
    [
        ("load", () => KernelCollection.Load(TheSpec()).Dispose()),
        ("map", () => KernelMap.Create(new MapSpec { Name = "m", Type = MapType.Hash, KeySize = 4, ValueSize = 4, MaxEntries = 1 }).Dispose()),
        ("program", () => KernelProgram.Returning(XdpAction.Pass).Dispose()),
        ("programs", () => _ = KernelProgram.Ids().Count()),
        ("maps", () => _ = KernelMap.All().Count()),
        ("links", () => _ = KernelLink.Ids().Count()),
        ("types", () => _ = KernelBtf.Ids().Count()),
        ("open", () => KernelProgram.Open(1).Dispose()),
        ("statistics", () => RunStatistics.Enable().Dispose()),
        ("probe", () => _ = KernelFeatures.HasProgramType(ProgramType.Xdp)),
        ("probe map", () => _ = KernelFeatures.HasMapType(MapType.Hash)),
        ("mount", () => BpfFileSystem.Mount(Path.Combine(Path.GetTempPath(), $"headrace-{Environment.ProcessId}"))),
        ("namespace", () => NetworkNamespace.Enter("/proc/self/ns/net").Dispose()),
        ("detach", () => XdpLink.Detach("lo", XdpMode.Generic)),
        ("devices", () => _ = NetworkDevice.All().Single(device => device.Name == "lo")),
        ("classic filter", () =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            SocketFilter.Attach(socket, [new ClassicInstruction(6, 0, 0, 0)]).Dispose();
        }),
    ];

    public static void Run()
    {
        foreach ((string name, Action action) in s_tries)
        {
            string answer = "done";
            try
            {
                action();
            }
            catch (HeadraceException error)
            {
                answer = string.Join(" / ", error.Message.Split('\n').Select(line => line.Trim()));
            }
            Console.Out.WriteLine($"{name}: {answer}");
        }
    }

    private static CollectionSpec TheSpec() => CollectionSpec.Load(Path.Combine(Testing.Repository.Programs, "firewall.bpf.o"));
}
