namespace Headrace.Engine;

/// <summary>What a hash map does when it is full, as a struct so that look-ups of maps that never evict pay nothing.</summary>
internal interface IWhenFull
{
    /// <summary>True when an old element makes room.</summary>
    static abstract bool Evicts { get; }
}
