namespace Headrace.Engine.Jit;

/// <summary>What the stages of a burst have in common, in native memory.</summary>
internal unsafe struct StagedBurst
{
    /// <summary>A record a packet: a <see cref="StagedPacket"/> and its tokens.</summary>
    public byte* Records;

    /// <summary>R10 of the first packet; the others' are a stride apart.</summary>
    public byte* Top;

    /// <summary>Room for the look-ups that are to be fetched.</summary>
    public StagedLookup* Lookups;

    /// <summary>A bit for each look-up that packets wait at.</summary>
    public ulong Sites;

    /// <summary>Number of the stage, from 0.</summary>
    public int Stage;
}
