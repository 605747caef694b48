namespace Headrace.Cli.Tests.Nouns;

/// <summary>A difference that is known and explained.</summary>
/// <param name="Name">Its name, in the documentation too.</param>
/// <param name="IsAt">True for the places where it may be; a place is written <c>[0].ifindex</c>.</param>
/// <param name="Allows">True for the pairs of values that it explains, bpftool's first; null where there is none.</param>
internal sealed record KnownDifference(string Name, Func<string, bool> IsAt, Func<string?, string?, bool> Allows);
