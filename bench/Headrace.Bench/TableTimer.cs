using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux;

namespace Headrace.Bench;

/// <summary>Times a program with another packet each turn on an engine of ours, nanoseconds a packet.</summary>
internal sealed unsafe class TableTimer : IDisposable
{
    /// <summary>Packets of a burst.</summary>
    public const int Burst = 128;

    private readonly Executor _executor;
    private readonly PacketBurst _packets = new(Burst);
    private readonly MakePacket _make;
    private readonly bool _mayMiss;
    private readonly int _bursts;
    private uint _turn;

    /// <summary>Prepares; turns start at <paramref name="firstTurn"/>. With <paramref name="mayMiss"/>, look-ups may find nothing.</summary>
    public TableTimer(LoadedProgram program, EngineKind kind, TableScale scale, MakePacket? make = null, uint firstTurn = 0, bool mayMiss = false)
    {
        _executor = program.CreateExecutor(kind);
        _make = make ?? TablePackets.Number;
        _turn = firstTurn;
        _mayMiss = mayMiss;
        _bursts = scale.SliceBursts;
        byte[] packet = TablePackets.Marked();
        for (int i = 0; i < Burst; i++)
            _packets.Add(packet);
        // Maps are ordinary methods, which the runtime optimises after some calls and a pause.
        long until = Environment.TickCount64 + (long)scale.Warming.TotalMilliseconds;
        while (Environment.TickCount64 < until)
            Run(_bursts / 10);
    }

    /// <summary>The least time a packet seen so far.</summary>
    public double Best { get; private set; } = double.MaxValue;

    /// <summary>Measures once more.</summary>
    public void Measure()
    {
        long start = ThreadClock.Nanoseconds;
        Run(_bursts);
        Best = Math.Min(Best, (ThreadClock.Nanoseconds - start) / ((double)_bursts * Burst));
    }

    /// <summary>Runs so many bursts.</summary>
    /// <exception cref="HeadraceException">A look-up found nothing.</exception>
    public void Run(int bursts)
    {
        for (int burst = 0; burst < bursts; burst++)
        {
            for (int i = 0; i < Burst; i++)
                _make(_packets.Frames + i, _turn++);
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
