using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux;

namespace Headrace.Bench;

/// <summary>Times a program of the tables' object on an engine of ours, each packet with the number of its turn, nanoseconds a packet.</summary>
internal sealed unsafe class TableTimer : IDisposable
{
    /// <summary>Packets of a burst.</summary>
    public const int Burst = 128;

    private const int NumberOffset = 16;
    private const int SliceBursts = 400;

    private readonly Executor _executor;
    private readonly PacketBurst _packets = new(Burst);
    private readonly bool _mayMiss;
    private uint _turn;

    /// <summary>Prepares; turns start at <paramref name="firstTurn"/>. With <paramref name="mayMiss"/>, look-ups may find nothing.</summary>
    public TableTimer(Collection collection, string program, EngineKind kind, uint firstTurn = 0, bool mayMiss = false)
    {
        _executor = collection.Programs[program].CreateExecutor(kind);
        _turn = firstTurn;
        _mayMiss = mayMiss;
        byte[] packet = new byte[64];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12), TablesBenchmark.TurnType);
        for (int i = 0; i < Burst; i++)
            _packets.Add(packet);
        // Maps are ordinary methods, which the runtime optimises after some calls and a pause.
        long until = Environment.TickCount64 + 500;
        while (Environment.TickCount64 < until)
            Run(SliceBursts / 10);
    }

    /// <summary>The least time a packet seen so far.</summary>
    public double Best { get; private set; } = double.MaxValue;

    /// <summary>Measures once more.</summary>
    public void Measure()
    {
        long start = ThreadClock.Nanoseconds;
        Run(SliceBursts);
        Best = Math.Min(Best, (ThreadClock.Nanoseconds - start) / ((double)SliceBursts * Burst));
    }

    /// <summary>Runs so many bursts.</summary>
    /// <exception cref="HeadraceException">A look-up found nothing.</exception>
    public void Run(int bursts)
    {
        for (int burst = 0; burst < bursts; burst++)
        {
            for (int i = 0; i < Burst; i++)
                *(uint*)(_packets.Frames[i].Data + NumberOffset) = _turn++;
            _executor.Run(_packets.Frames, Burst);
            for (int i = 0; i < Burst; i++)
            {
                if (_packets.Frames[i].Verdict == 0 && !_mayMiss)
                    throw new HeadraceException($"{_executor.Program.Name}: turn {_turn - Burst + (uint)i} found nothing");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _executor.Dispose();
        _packets.Dispose();
    }
}
