namespace Headrace.Linux;

/// <summary>How a collection is loaded into the kernel.</summary>
public sealed record KernelLoadOptions
{
    /// <summary>The programs to load, by name; null loads all but those the object marks as optional. Programs that tail calls reach come along.</summary>
    public IReadOnlyCollection<string>? Programs { get; init; }

    /// <summary>0: a log only where a load fails; 1: the verifier's log; 2: with the state before every instruction.</summary>
    public int LogLevel { get; init; }
}
