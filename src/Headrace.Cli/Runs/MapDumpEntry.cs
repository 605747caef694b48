namespace Headrace.Cli.Runs;

/// <summary>One element of a map.</summary>
/// <param name="Key">The key's bytes.</param>
/// <param name="Values">The value's bytes; one a CPU for per-CPU maps.</param>
internal sealed record MapDumpEntry(byte[] Key, IReadOnlyList<byte[]> Values)
{
    /// <summary>True when every value is all zeros, as array elements are that nobody wrote.</summary>
    public bool IsZero => Values.All(value => value.AsSpan().IndexOfAnyExcept((byte)0) < 0);
}
