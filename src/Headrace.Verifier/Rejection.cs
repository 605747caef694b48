namespace Headrace.Verifier;

/// <summary>Ends a verification from deep inside; never leaves the room.</summary>
/// <param name="message">What the log says: one or more lines in the kernel's words.</param>
/// <param name="errno">The positive error number the kernel answers with.</param>
internal sealed class Rejection(string message, int errno) : Exception(message)
{
    /// <summary>The positive error number the kernel answers with.</summary>
    public int Errno => errno;
}
