using System.Numerics;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary><c>memif:SOCKET</c>: shared-memory packet interface 2.0, as VPP, DPDK's net_memif and libmemif speak it.</summary>
internal sealed unsafe class MemifPort : IPacketPort
{
    public static PortKind Kind { get; } = new("memif", "memif:SOCKET[,role=server|client][,id=N][,queues=N][,ring=N][,buffer=BYTES][,secret=TEXT][,copy=yes|no]",
        "shared memory with another process (VPP, DPDK net_memif, libmemif)", (spec, options) => new MemifPort(spec, options));

    private readonly MemifClientMemory? _memory;
    private readonly PeerThread _thread;
    private uint _ifindex;

    private MemifPort(PortSpec spec, PortOptions options)
    {
        Spec = spec.Require("a socket's path", "role", "id", "queues", "ring", "buffer", "secret", "copy");
        Id = (uint)spec.Number("id", 0, 0, int.MaxValue);
        Secret = spec.Value("secret") ?? "";
        bool isServer = spec.Choice("role", "server", "server", "client", "master", "slave") is "server" or "master";
        int queues = spec.Number("queues", Math.Max(1, options.Workers), 1, 256);
        int ring = spec.PowerOfTwo("ring", 1024, 2, 1 << MemifRing.MaxLog2Size);
        int room = spec.Number("buffer", 2048, 64, PacketBurst.MaxLength);
        bool inPlace = isServer && !spec.Flag("copy", otherwise: true);
        try
        {
            if (isServer)
            {
                MemifQueues = [.. Enumerable.Range(0, queues).Select(i => new MemifServerQueue(PacketBurst.MaxLength, inPlace) { Index = (uint)i })];
            }
            else
            {
                _memory = new MemifClientMemory(queues, BitOperations.Log2((uint)ring), (uint)room);
                MemifQueues = [.. Enumerable.Range(0, queues).Select(i => new MemifClientQueue(_memory.Shared.Address, _memory.MakeBuffers(i), (uint)ring) { Index = (uint)i })];
            }
            Capabilities = new PortCapabilities
            {
                Headroom = inPlace ? 0 : (int)PeerBuffers.Headroom,
                MaxFrame = PacketBurst.MaxLength,
                ZeroCopyReceive = !isServer || inPlace,
                ZeroCopySend = !isServer,
            };
            _thread = new PeerThread(spec.Name, UnixSocketType.SequencedPacket, isServer, socket =>
                _memory is null ? new MemifServerSession(socket, this) : new MemifClientSession(socket, this, _memory));
        }
        catch (HeadraceException error)
        {
            _memory?.Dispose();
            throw spec.Fail(error.Message, error);
        }
    }

    /// <inheritdoc/>
    public PortSpec Spec { get; }

    /// <inheritdoc/>
    public PortCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public uint Ifindex
    {
        get => _ifindex;
        set
        {
            _ifindex = value;
            foreach (MemifQueue queue in MemifQueues)
                queue.Ifindex = value;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<PacketQueue> Queues => MemifQueues;

    /// <inheritdoc/>
    public string? DownReason => _thread.DownReason;

    /// <summary>Which interface on the socket.</summary>
    internal uint Id { get; }

    /// <summary>What a client must know; empty when anybody may come.</summary>
    internal string Secret { get; }

    /// <summary>How often a peer connected.</summary>
    internal int Connections => _thread.Connections;

    /// <summary>The queues, as the sessions see them.</summary>
    internal IReadOnlyList<MemifQueue> MemifQueues { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _thread.Dispose();
        foreach (MemifQueue queue in MemifQueues)
            queue.Dispose();
        _memory?.Dispose();
    }
}
