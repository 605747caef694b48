namespace Headrace.Verifier;

/// <summary>A state kept at an instruction, to compare later ones with.</summary>
internal sealed class KeptState(VerifierState state)
{
    /// <summary>What was known.</summary>
    public VerifierState State => state;

    /// <summary>How often it covered another.</summary>
    public int Hits;

    /// <summary>How often it did not.</summary>
    public int Misses;

    /// <summary>True once what nothing reads behind it was forgotten.</summary>
    public bool IsCleaned;
}
