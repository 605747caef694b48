namespace Headrace.Verifier;

/// <summary>What an access to the context does.</summary>
/// <param name="IsAllowed">False when the program type does not allow it.</param>
/// <param name="Kind">What a read gives.</param>
/// <param name="ScalarSize">For a read of a number: bytes of the field that can be other than 0 (a field of 4 bytes read by 4 gives a 32-bit number).</param>
/// <param name="Flags">Flags of a pointer that is read.</param>
internal readonly record struct ContextFieldAccess(bool IsAllowed, RegisterKind Kind, int ScalarSize, RegisterFlags Flags = RegisterFlags.None)
{
    /// <summary>An access that is not allowed.</summary>
    public static readonly ContextFieldAccess Refused = new(false, RegisterKind.NotInitialized, 0);
}
