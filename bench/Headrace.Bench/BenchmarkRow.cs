namespace Headrace.Bench;

/// <summary>One measured claim.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Ours">Our figure.</param>
/// <param name="Peer">The peer's figure; null when the peer was not there.</param>
/// <param name="Unit">Unit of both; <c>ratio</c> for a mean of ratios.</param>
/// <param name="Ratio">Ours by the peer's: below 1 is better for times, above 1 for rates. Null without a peer.</param>
public sealed record BenchmarkRow(string Name, double Ours, double? Peer, string Unit, double? Ratio)
{
    /// <summary>A figure beside a peer's.</summary>
    public static BenchmarkRow Of(string name, double ours, double? peer, string unit) =>
        new(name, ours, peer, unit, peer is > 0 ? ours / peer : null);
}
