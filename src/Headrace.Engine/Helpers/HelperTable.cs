using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Every helper function the engines have, by number.</summary>
internal static class HelperTable
{
    /// <summary>Finds a helper that checks what its arguments point to; false for one that the engines do not have.</summary>
    /// <remarks><c>bpf_tail_call</c> is not among them: it is the executors' own work.</remarks>
    public static bool TryGet(HelperId id, out HelperEntry entry) => HelperTable<CheckedAccess>.TryGet(id, out entry);

    /// <summary>Finds a helper that takes its arguments as they are, for programs that a verifier has proved safe.</summary>
    public static bool TryGetTrusted(HelperId id, out HelperEntry entry) => HelperTable<TrustedAccess>.TryGet(id, out entry);
}
