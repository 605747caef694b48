namespace Headrace.Dataflow;

/// <summary>What an ordered actor waits for.</summary>
internal sealed class OrderNeeds(Actor actor)
{
    private readonly Dictionary<Actor, ulong> _before = [];

    /// <summary>Who waits.</summary>
    public Actor Actor { get; } = actor;

    /// <summary>Actors of the same block that must be done, and the regions that is about.</summary>
    public IReadOnlyDictionary<Actor, ulong> Before => _before;

    /// <summary>Regions whose writers in earlier blocks must be done.</summary>
    public ulong HeadWritten { get; set; }

    /// <summary>Regions that nobody in earlier blocks may still touch.</summary>
    public ulong HeadTouched { get; set; }

    /// <summary>Waits for an actor.</summary>
    public void After(Actor actor, int region) => _before[actor] = _before.GetValueOrDefault(actor) | 1UL << region;
}
