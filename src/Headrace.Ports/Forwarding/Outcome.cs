namespace Headrace.Ports;

/// <summary>What became of a frame that was not refused.</summary>
internal enum Outcome
{
    /// <summary>The program failed, or its verdict is none.</summary>
    Aborted,

    /// <summary><c>XDP_DROP</c>.</summary>
    Dropped,

    /// <summary><c>XDP_PASS</c>.</summary>
    Passed,

    /// <summary><c>XDP_TX</c>.</summary>
    Sent,

    /// <summary><c>XDP_REDIRECT</c>.</summary>
    Redirected,
}
