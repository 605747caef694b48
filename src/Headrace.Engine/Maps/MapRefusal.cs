namespace Headrace.Engine;

/// <summary>Why a map cannot be made.</summary>
/// <param name="Errno">The positive error number that bpf(2) answers.</param>
/// <param name="Reason">The same in words.</param>
internal sealed record MapRefusal(int Errno, string Reason);
