using System.Numerics;
using Headrace.Engine;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary><c>memif:SOCKET</c>: shared-memory packet interface 2.0, as VPP, DPDK's net_memif and libmemif speak it.</summary>
internal sealed unsafe class MemifPort : PeerPort<MemifQueue>
{
    public static PortKind Kind { get; } = new("memif", "memif:SOCKET[,role=server|client][,id=N][,queues=N][,ring=N][,buffer=BYTES][,secret=TEXT][,copy=yes|no]",
        "shared memory with another process (VPP, DPDK net_memif, libmemif)", (spec, options) => new MemifPort(spec, options));

    private readonly MemifClientMemory? _memory;

    private MemifPort(PortSpec spec, PortOptions options)
        : base(spec.Require("a socket's path", "role", "id", "queues", "ring", "buffer", "secret", "copy"), CapabilitiesOf(spec))
    {
        Id = (uint)spec.Number("id", 0, 0, int.MaxValue);
        Secret = spec.Value("secret") ?? "";
        int queues = spec.Number("queues", Math.Max(1, options.Workers), 1, 256);
        int ring = spec.PowerOfTwo("ring", 1024, 2, 1 << MemifRing.MaxLog2Size), room = spec.Number("buffer", 2048, 64, PacketBurst.MaxLength);
        if (IsServer(spec))
        {
            bool inPlace = Capabilities.Headroom == 0;
            Open(queues, i => new MemifServerQueue(PacketBurst.MaxLength, inPlace) { Index = (uint)i },
                UnixSocketType.SequencedPacket, listens: true, socket => new MemifServerSession(socket, this));
            return;
        }
        MemifClientMemory memory = _memory = spec.Make(() => new MemifClientMemory(queues, BitOperations.Log2((uint)ring), (uint)room));
        Open(queues, i => new MemifClientQueue(memory.Shared.Address, memory.MakeBuffers(i), (uint)ring) { Index = (uint)i },
            UnixSocketType.SequencedPacket, listens: false, socket => new MemifClientSession(socket, this, memory));
    }

    /// <summary>Which interface on the socket.</summary>
    internal uint Id { get; }

    /// <summary>What a client must know; empty when anybody may come.</summary>
    internal string Secret { get; }

    /// <inheritdoc/>
    protected override void ReleaseMemory() => _memory?.Dispose();

    private static bool IsServer(PortSpec spec) => spec.Choice("role", "server", "server", "client", "master", "slave") is "server" or "master";

    private static PortCapabilities CapabilitiesOf(PortSpec spec)
    {
        bool inPlace = IsServer(spec) && !spec.Flag("copy", otherwise: true);
        return new PortCapabilities
        {
            Headroom = inPlace ? 0 : (int)PeerBuffers.Headroom,
            MaxFrame = PacketBurst.MaxLength,
            ZeroCopyReceive = !IsServer(spec) || inPlace,
            ZeroCopySend = !IsServer(spec),
            Note = IsServer(spec) && !inPlace ? "copies what it receives, since the client's buffers have no room before a packet; copy=no lends them as they are" : "",
        };
    }
}
