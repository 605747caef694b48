namespace Headrace.Verifier;

/// <summary>How closely two states are compared.</summary>
internal enum Exactness
{
    /// <summary>What was safe from the old state is safe from the new one: numbers nobody relied on may differ.</summary>
    Sufficient,
    /// <summary>Every number lies in the old one's range.</summary>
    RangeWithin,
    /// <summary>Everything is the same.</summary>
    Exact,
}
