namespace Headrace.Verifier;

/// <summary>One walk through a loop: where it began, and the paths that were cut short in it because a state of the same loop covered them.</summary>
/// <remarks>
/// What such a state relied on is not known before the loop is left: until then states are compared with it in all they hold, and when the
/// walk ends what it came to rely on is carried back along the paths that were cut short.
/// </remarks>
internal sealed class LoopVisit
{
    /// <summary>The first state that was kept in the loop; null outside of a walk.</summary>
    public VerifierState? Entry;

    /// <summary>Paths cut short: the state that arrived, and the one that covered it.</summary>
    public List<(VerifierState Arrived, VerifierState Covering)> Backedges { get; } = [];
}
