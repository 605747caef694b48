using System.Globalization;
using Headrace.Bytecode;

namespace Headrace.Linux;

/// <summary>Names of the kernel's functions and their addresses (<c>/proc/kallsyms</c>), to name what rewritten programs call.</summary>
/// <remarks>Without <c>CAP_SYSLOG</c> or with <c>kernel.kptr_restrict</c> set, the kernel shows zeros: the table is empty then.</remarks>
public sealed class KernelSymbolTable
{
    private const string Path = "/proc/kallsyms";
    private const string CallBase = "__bpf_call_base";

    private readonly List<(ulong Address, string Name)> _symbols = [];
    private readonly Dictionary<string, ulong> _addresses = new(StringComparer.Ordinal);

    private KernelSymbolTable()
    {
    }

    /// <summary>True when the kernel showed no addresses.</summary>
    public bool IsEmpty => _symbols.Count == 0;

    /// <summary>Where distances in calls of helpers count from (<c>__bpf_call_base</c>); 0 when not shown.</summary>
    public ulong HelperBase => AddressOf(CallBase) ?? 0;

    /// <summary>Reads the table as it is now; a few hundred thousand lines.</summary>
    public static KernelSymbolTable Load()
    {
        var table = new KernelSymbolTable();
        foreach (string line in File.ReadLines(Path))
        {
            // "ffffffff81000000 T _text" and, for modules, a tab and "[module]".
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || !ulong.TryParse(line.AsSpan(0, space), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong address) || address == 0)
                continue;
            int end = line.IndexOf('\t', StringComparison.Ordinal);
            string name = end < 0 ? line[(space + 3)..] : line[(space + 3)..end];
            table._symbols.Add((address, name));
            table._addresses.TryAdd(name, address);
        }
        table._symbols.Sort((a, b) => a.Address.CompareTo(b.Address));
        return table;
    }

    /// <summary>The address of a name; null when it is not shown.</summary>
    public ulong? AddressOf(string name) => _addresses.TryGetValue(name, out ulong address) ? address : null;

    /// <summary>The name that stands at exactly this address; null when there is none.</summary>
    public string? NameOf(ulong address)
    {
        int found = _symbols.BinarySearch((address, ""), Comparer<(ulong Address, string Name)>.Create((a, b) => a.Address.CompareTo(b.Address)));
        if (found < 0)
            return null;
        while (found > 0 && _symbols[found - 1].Address == address)
            found--;
        return _symbols[found].Name;
    }

    /// <summary>The function that a call in rewritten instructions goes to (helpers and kernel functions); null when it cannot be told.</summary>
    public string? NameOfCall(Instruction call) => HelperBase == 0 ? null : NameOf(HelperBase + (ulong)call.Immediate);
}
