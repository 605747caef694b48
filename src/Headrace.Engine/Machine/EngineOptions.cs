using Headrace.Dataflow;

namespace Headrace.Engine;

/// <summary>How a collection is loaded.</summary>
public sealed record EngineOptions
{
    /// <summary>Number of CPUs that per-CPU maps hold values for: at least the number of machines that run at once. By default this computer's.</summary>
    public int Cpus { get; init; } = Environment.ProcessorCount;

    /// <summary>The programs to load, by name; null loads all but those the object marks as optional. Programs that tail calls reach come along.</summary>
    public IReadOnlyCollection<string>? Programs { get; init; }

    /// <summary>
    /// True to load programs as they are, without verifying them. Only the interpreter runs such programs, which checks every access: they can
    /// fault or run long, but touch nothing that is not theirs.
    /// </summary>
    public bool Unverified { get; init; }

    /// <summary>The passes that go over the graphs of programs that are verified, for engines that run graphs; a program does the same with any of them.</summary>
    public PassOptions Passes { get; init; } = PassOptions.All;

    /// <summary>True to let other engines run unverified programs too: to test that they are safe all the same.</summary>
    internal bool UnverifiedOnAllEngines { get; init; }

    /// <summary>Maps to use in the place of the collection's own, by name, to share them between collections. They stay the caller's to dispose.</summary>
    public IReadOnlyDictionary<string, Map> Maps { get; init; } = new Dictionary<string, Map>();
}
