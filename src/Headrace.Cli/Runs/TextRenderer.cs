using System.Globalization;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Cli.Runs;

/// <summary>Renders a <see cref="RunReport"/> for a person.</summary>
internal static class TextRenderer
{
    // Elements of a map that are shown before the rest is only counted.
    private const int ShownEntries = 16;

    public static void Write(RunReport report, TextWriter output)
    {
        var culture = CultureInfo.InvariantCulture;
        long packets = report.Replay.Packets;
        output.WriteLine($"{report.Program} ({report.Object}) on engine {report.Engine}");
        output.WriteLine(string.Create(culture, $"{packets:N0} packets, {report.Replay.Bytes:N0} bytes from {report.Source}"));
        foreach ((string name, long count) in report.Verdicts())
        {
            if (count > 0)
                output.WriteLine(string.Create(culture, $"  {name,-14} {count,12:N0}  {(double)count / packets,7:P1}"));
        }
        if (report.Replay.NanosecondsPerPacket is > 0 and var nanoseconds)
            output.WriteLine(string.Create(culture, $"  {nanoseconds:N1} ns a packet: {1000 / nanoseconds:N2} million packets a second on one core"));
        if (report.Maps is null)
            return;
        foreach (MapDump map in report.Maps)
            WriteMap(map, report.Types, output);
    }

    // In C's words when the object knows the type, else as bytes.
    private static string Text(Btf? types, int typeId, byte[] bytes) =>
        types is not null && typeId != 0 && types.TrySizeOf(typeId) <= bytes.Length ? BtfValues.Format(types, typeId, bytes) : Convert.ToHexStringLower(bytes);

    private static void WriteMap(MapDump map, Btf? types, TextWriter output)
    {
        bool isArray = map.Spec.Type is MapType.Array or MapType.PerCpuArray;
        List<MapDumpEntry> entries = [.. map.Entries.Where(entry => !isArray || !entry.IsZero)];
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"map {map.Spec.Name} ({map.Spec.Type}): {entries.Count:N0} of {map.Spec.MaxEntries:N0}{(isArray ? " not zero" : "")}"));
        foreach (MapDumpEntry entry in entries.Take(ShownEntries))
            output.WriteLine($"  {Text(types, map.Spec.KeyTypeId, entry.Key)}: {string.Join(" | ", entry.Values.Select(value => Text(types, map.Spec.ValueTypeId, value)))}");
        if (entries.Count > ShownEntries)
            output.WriteLine($"  ... {entries.Count - ShownEntries:N0} more (--json has them all)");
    }
}
