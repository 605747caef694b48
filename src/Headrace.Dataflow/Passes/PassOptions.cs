namespace Headrace.Dataflow;

/// <summary>Which passes go over a graph.</summary>
/// <param name="Disabled">Names of those that do not.</param>
public sealed record PassOptions(IReadOnlySet<string> Disabled)
{
    /// <summary>Every pass.</summary>
    public static readonly PassOptions All = new(new HashSet<string>());

    /// <summary>No pass.</summary>
    public static readonly PassOptions None = new(PassPipeline.Names.ToHashSet());

    /// <summary>All but some.</summary>
    /// <exception cref="ArgumentException">There is no pass of a name; the message lists those there are.</exception>
    public static PassOptions Without(params IEnumerable<string> names)
    {
        var disabled = names.ToHashSet();
        if (disabled.FirstOrDefault(name => !PassPipeline.Names.Contains(name)) is { } unknown)
            throw new ArgumentException($"there is no pass '{unknown}'; there are: {string.Join(", ", PassPipeline.Names)}");
        return new PassOptions(disabled);
    }
}
