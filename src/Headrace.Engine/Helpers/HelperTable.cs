using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Every helper function the engines have, by number.</summary>
internal static unsafe class HelperTable
{
    private static readonly HelperEntry[] s_entries = Build();

    /// <summary>Finds a helper; false for one that the engines do not have.</summary>
    public static bool TryGet(HelperId id, out HelperEntry entry)
    {
        entry = (uint)id < (uint)s_entries.Length ? s_entries[(int)id] : default;
        return entry.Function != null;
    }

    private static HelperEntry[] Build() => new HelperEntry[HelperNames.Count];
}
