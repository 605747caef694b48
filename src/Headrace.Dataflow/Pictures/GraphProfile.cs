namespace Headrace.Dataflow;

/// <summary>How often the actors of a graph fired.</summary>
/// <param name="Packets">Packets that were run.</param>
/// <param name="Firings">Firings by actor.</param>
public sealed record GraphProfile(long Packets, IReadOnlyDictionary<Actor, long> Firings)
{
    /// <summary>Firings of an actor a packet.</summary>
    public double PerPacket(Actor actor) => Packets == 0 ? 0 : (double)Firings.GetValueOrDefault(actor) / Packets;
}
