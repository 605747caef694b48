// An XDP firewall with typed rules and counters, run in user space over generated packets or a capture:
//   dotnet run --project examples/Firewall [CAPTURE.pcap]
// As root, `Firewall.LoadLinux()` in the place of `LoadUserSpace()` gives the same maps from the kernel.
using System.Net;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Examples;
using Headrace.Ports;

string packets = args is [{ } capture] ? capture : "gen:packets=100000,flows=500,sizes=imix,seed=1";

Firewall.Spec spec = Firewall.Open();
spec.Maps.Networks4.MaxEntries = 1024;

using Firewall.UserSpace firewall = Firewall.LoadUserSpace(spec);
const uint Drop = (uint)XdpAction.Drop, Pass = (uint)XdpAction.Pass;
firewall.Maps.Networks4[Network("10.0.0.0", 25)] = new Firewall.Rule { Number = 2, Action = Drop };
firewall.Maps.Networks4[Network("10.0.0.64", 26)] = new Firewall.Rule { Number = 3, Action = Pass };

using Executor executor = firewall.Programs.Firewall.CreateExecutor(EngineKind.Jit);
ReplayResult result = new Replay(() => PacketSource.Open(packets)).Run(new ExecutorReplayEngine(executor));

Console.WriteLine($"{result.Packets} packets: {result.Count(XdpAction.Pass)} passed, {result.Count(XdpAction.Drop)} dropped");
string[] names = ["no rule matched", "malformed", "drop 10.0.0.0/25", "pass 10.0.0.64/26"];
for (uint rule = 0; rule < names.Length; rule++)
{
    // A value for each CPU; they sum up to what was counted.
    Firewall.Counter[] values = firewall.Maps.Counters[rule];
    Console.WriteLine($"{names[rule],-20} {values.Sum(value => (long)value.Packets),8} packets {values.Sum(value => (long)value.Bytes),10} bytes");
}

// Addresses are in network byte order, as in the packet.
static Firewall.Network4 Network(string address, uint length) =>
    new() { Length = length, Address = MemoryMarshal.Read<uint>(IPAddress.Parse(address).GetAddressBytes()) };
