namespace Headrace.Dataflow;

/// <summary>Actors of a block that are drawn as one box, a line each: an expression, whose parts nobody else takes, and last what it is for.</summary>
internal sealed class ActorGroup
{
    private readonly List<Actor> _actors = [];

    /// <summary>The actors, inputs before users. Tokens leave the group from the last one only.</summary>
    public IReadOnlyList<Actor> Actors => _actors;

    /// <summary>The groups of a block by actor; literals are in none.</summary>
    public static Dictionary<Actor, ActorGroup> Of(Block block)
    {
        var groups = new Dictionary<Actor, ActorGroup>();
        for (int i = block.Actors.Count - 1; i >= 0; i--)
        {
            Actor actor = block.Actors[i];
            if (actor.IsLiteral)
                continue;
            ActorGroup group = IsPart(actor) && groups.TryGetValue(actor.Users[0], out ActorGroup? user) ? user : new ActorGroup();
            group._actors.Add(actor);
            groups.Add(actor, group);
        }
        foreach (ActorGroup group in groups.Values.Distinct())
            group._actors.Reverse();
        return groups;
    }

    private static bool IsPart(Actor actor) => (actor.IsPure || actor.Kind == ActorKind.Load) && actor.Kind is not (ActorKind.Merge or ActorKind.Parameter)
        && actor.Users.Count > 0 && actor.Users.All(user => user == actor.Users[0]) && actor.Users[0].Kind != ActorKind.Merge;
}
