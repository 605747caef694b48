using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>Plays packets through a program: the main job without a network.</summary>
/// <remarks>
/// <code>
/// using var executor = collection.Programs["firewall"].CreateExecutor(EngineKind.Jit);
/// ReplayResult result = new Replay(() => PacketSource.Open("capture.pcap")).Run(new ExecutorReplayEngine(executor));
/// Console.WriteLine(result.Count(XdpAction.Drop));
/// </code>
/// </remarks>
/// <param name="open">Opens the source anew for each repeat.</param>
public sealed unsafe class Replay(Func<PacketSource> open)
{
    // Large enough to make the call and the clock cheap, small enough to stay in the second-level cache (4 KiB a packet).
    private const int BurstSize = 128;

    private const uint NoVerdict = 0xdead_beef;

    /// <summary>How often the source is played. What maps hold carries on from one to the next.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>True for programs whose context is <c>__sk_buff</c>.</summary>
    public bool SocketBuffers { get; init; }

    /// <summary>Takes each packet of the first play, in order; null when nobody wants them.</summary>
    public PacketHandler? OnPacket { get; init; }

    /// <summary>Told the number of packets run so far, after each burst.</summary>
    public Action<long>? OnProgress { get; init; }

    /// <summary>Interface index the packets are said to come in by.</summary>
    public uint IngressIfindex { get; init; } = 1;

    /// <summary>Plays the source.</summary>
    /// <exception cref="ReplayException">The program or the engine stopped at a packet.</exception>
    /// <exception cref="CaptureException">The capture is damaged.</exception>
    public ReplayResult Run(IReplayEngine engine)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Repeat);
        var totals = new Totals();
        var times = new List<double>(Repeat);
        using var burst = new PacketBurst(BurstSize, SocketBuffers);
        for (int play = 0; play < Repeat; play++)
        {
            long before = totals.Packets;
            double nanoseconds = Play(engine, burst, play == 0 ? OnPacket : null, totals);
            times.Add(totals.Packets == before ? 0 : nanoseconds / (totals.Packets - before));
        }
        times.Sort();
        double median = times.Count % 2 == 1 ? times[times.Count / 2] : (times[times.Count / 2 - 1] + times[times.Count / 2]) / 2;
        return new ReplayResult(totals.Packets, totals.Bytes, totals.Verdicts, median);
    }

    private double Play(IReplayEngine engine, PacketBurst burst, PacketHandler? handler, Totals totals)
    {
        using PacketSource source = open();
        double nanoseconds = 0;
        long first = 0;
        bool more = true;
        while (more)
        {
            burst.Clear();
            while (burst.Count < burst.Capacity && (more = source.TryRead(out Packet packet)))
            {
                if (packet.Data.Length > PacketBurst.MaxLength)
                {
                    throw new ReplayException(source.Name, first + burst.Count, new HeadraceException(
                        $"{packet.Data.Length} bytes are more than a packet buffer takes ({PacketBurst.MaxLength})"));
                }
                burst.Frames[burst.Add(packet.Data, IngressIfindex, timestamp: packet.Timestamp)].Verdict = NoVerdict;
                totals.Bytes += packet.Data.Length;
            }
            if (burst.Count == 0)
                break;
            try
            {
                nanoseconds += engine.Run(burst);
            }
            catch (HeadraceException error)
            {
                throw new ReplayException(source.Name, first + Unfinished(burst), error);
            }
            Collect(burst, first, handler, totals);
            first += burst.Count;
            OnProgress?.Invoke(totals.Packets);
        }
        return nanoseconds;
    }

    private static void Collect(PacketBurst burst, long first, PacketHandler? handler, Totals totals)
    {
        for (int i = 0; i < burst.Count; i++)
        {
            ref Frame frame = ref burst.Frames[i];
            CollectionsMarshal.GetValueRefOrAddDefault(totals.Verdicts, frame.Verdict, out _)++;
            handler?.Invoke(first + i, frame.Verdict, frame.Timestamp, burst[i]);
        }
        totals.Packets += burst.Count;
    }

    // The packets before the one that failed have their verdicts.
    private static int Unfinished(PacketBurst burst)
    {
        int index = 0;
        while (index < burst.Count && burst.Frames[index].Verdict != NoVerdict)
            index++;
        return index;
    }

    private sealed class Totals
    {
        public long Packets;
        public long Bytes;
        public Dictionary<uint, long> Verdicts { get; } = [];
    }
}
