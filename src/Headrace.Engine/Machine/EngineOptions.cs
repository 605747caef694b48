namespace Headrace.Engine;

/// <summary>How a collection is loaded.</summary>
public sealed class EngineOptions
{
    /// <summary>Number of CPUs that per-CPU maps hold values for: at least the number of machines that run at once. By default this computer's.</summary>
    public int Cpus { get; init; } = Environment.ProcessorCount;

    /// <summary>Maps to use in the place of the collection's own, by name, to share them between collections. They stay the caller's to dispose.</summary>
    public IReadOnlyDictionary<string, Map> Maps { get; init; } = new Dictionary<string, Map>();
}
