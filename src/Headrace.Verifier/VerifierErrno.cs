namespace Headrace.Verifier;

/// <summary>Error numbers the verifier answers with.</summary>
internal static class VerifierErrno
{
    public const int Perm = 1;
    public const int NoEntry = 2;
    public const int TooBig = 7;
    public const int NoMemory = 12;
    public const int Access = 13;
    public const int Invalid = 22;
    public const int Unsupported = 95; // EOPNOTSUPP, as devices answer
    public const int NotSupported = 524;
}
