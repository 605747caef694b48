using System.Globalization;
using System.Text;

namespace Headrace.Bytecode;

/// <summary>Writes a whole module as text that reads back to the same bytes.</summary>
internal static class ModuleText
{
    /// <summary>The text of a module.</summary>
    public static string Write(AssemblyModule module, bool labels)
    {
        var text = new StringBuilder();
        if (module.License is not null)
            text.Append(CultureInfo.InvariantCulture, $".license {AssemblyNames.QuoteText(module.License)}\n");
        if (module.Maps.Count > 0)
            text.Append('\n');
        foreach (AssemblyMap map in module.Maps)
        {
            WriteMap(text, ".map", map.Name, map);
            if (map.Inner is not null)
                WriteMap(text, ".inner", map.Name, map.Inner);
            foreach ((uint index, string target) in map.Entries)
                text.Append(CultureInfo.InvariantCulture, $".entry {AssemblyNames.Quote(map.Name)} {index} = {AssemblyNames.Quote(target)}\n");
        }
        if (module.Externs.Count > 0)
            text.Append('\n');
        foreach (AssemblyExtern item in module.Externs)
            text.Append(CultureInfo.InvariantCulture, $".extern {AssemblyNames.Quote(item.Name)}{(item.ConfigSize == 0 ? "" : $" kconfig {item.ConfigSize}")}\n");
        foreach (AssemblyData data in module.Data)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n.section {AssemblyNames.QuoteSection(data.Name)}{(AssemblyData.IsDataName(data.Name) ? "" : " data")}\n");
            new DataText(text, data).Write();
        }
        foreach (AssemblySection section in module.Code)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n.section {AssemblyNames.QuoteSection(section.Name)}\n");
            new CodeText(text, module, section, labels).Write();
        }
        return text.ToString();
    }

    private static void WriteMap(StringBuilder text, string directive, string name, AssemblyMap map)
    {
        text.Append(CultureInfo.InvariantCulture, $"{directive} {AssemblyNames.Quote(name)} type={MapTypeNames.Of(map.Type)}");
        Append("key", map.KeySize);
        Append("value", map.ValueSize);
        Append("max_entries", map.MaxEntries);
        if (map.Flags != 0)
            text.Append(CultureInfo.InvariantCulture, $" flags={MapParser.FlagsText(map.Flags)}");
        Append("extra", map.Extra);
        Append("numa_node", map.NumaNode);
        text.Append(map.PinByName ? " pin=by_name\n" : "\n");

        void Append(string property, ulong value)
        {
            if (value != 0)
                text.Append(CultureInfo.InvariantCulture, $" {property}={value}");
        }
    }
}
