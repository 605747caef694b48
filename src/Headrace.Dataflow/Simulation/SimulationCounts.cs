namespace Headrace.Dataflow;

/// <summary>What the token simulator counted.</summary>
public sealed class SimulationCounts
{
    private long _activeCycles;

    /// <summary>Packets begun.</summary>
    public long Packets { get; internal set; }

    /// <summary>Actors fired, literals not counted.</summary>
    public long Firings { get; internal set; }

    /// <summary>Blocks activated.</summary>
    public long Activations { get; internal set; }

    /// <summary>Cycles in which the machine ran.</summary>
    public long Cycles { get; private set; }

    /// <summary>The most actors that fired in one cycle.</summary>
    public int PeakParallelism { get; private set; }

    /// <summary>Actors a cycle, over the cycles in which any fired.</summary>
    public double AverageParallelism => _activeCycles == 0 ? 0 : (double)Firings / _activeCycles;

    /// <summary>The most tokens that waited on links at once.</summary>
    public long PeakTokens { get; private set; }

    /// <summary>Cycles from the begin of a packet to its verdict, summed over packets.</summary>
    public long PacketCycles { get; private set; }

    /// <summary>The longest a packet took.</summary>
    public long LongestPacket { get; private set; }

    internal void Cycle(int fired, long tokens)
    {
        Cycles++;
        if (fired > 0)
            _activeCycles++;
        PeakParallelism = Math.Max(PeakParallelism, fired);
        PeakTokens = Math.Max(PeakTokens, tokens);
    }

    internal void Done(long cycles)
    {
        PacketCycles += cycles;
        LongestPacket = Math.Max(LongestPacket, cycles);
    }
}
