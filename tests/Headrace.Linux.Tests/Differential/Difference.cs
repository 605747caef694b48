namespace Headrace.Linux.Tests.Differential;

/// <summary>Finds where two subjects that ran the same program over the same packets differ.</summary>
internal static unsafe class Difference
{
    /// <summary>The first packet and the first element of each given map that differ, in words; null when there is none.</summary>
    public static string? Find(Subject expected, Subject actual, IEnumerable<string> maps)
    {
        if (actual.Fault is { } fault)
            return $"{actual.Name} stopped: {fault}";
        IEnumerable<string?> packets = Enumerable.Range(0, expected.Packets.Count).Select(index => OfPacket(expected, actual, index));
        string?[] differences = [packets.FirstOrDefault(difference => difference is not null), .. maps.Select(map => OfMap(expected, actual, map))];
        string text = string.Join('\n', differences.Where(difference => difference is not null));
        return text.Length == 0 ? null : text;
    }

    private static string? OfPacket(Subject expected, Subject actual, int index)
    {
        uint wanted = expected.Packets.Frames[index].Verdict, got = actual.Packets.Frames[index].Verdict;
        if (wanted != got)
            return $"packet {index}: r0 is 0x{wanted:x} in {expected.Name}, 0x{got:x} in {actual.Name}";
        Span<byte> wantedBytes = expected.Packets[index], gotBytes = actual.Packets[index];
        if (wantedBytes.SequenceEqual(gotBytes))
            return null;
        int common = wantedBytes.CommonPrefixLength(gotBytes);
        return $"packet {index} differs from byte {common} on (verdict {wanted}):"
            + $"\n  {expected.Name,-12} {wantedBytes.Length} bytes {Hex(wantedBytes, common)}"
            + $"\n  {actual.Name,-12} {gotBytes.Length} bytes {Hex(gotBytes, common)}";
    }

    private static string? OfMap(Subject expected, Subject actual, string map)
    {
        if (expected.Elements(map) is not { } wantedElements || actual.Elements(map) is not { } gotElements)
            return null;
        SortedDictionary<string, string> wanted = Text(wantedElements), got = Text(gotElements);
        foreach (string key in wanted.Keys.Union(got.Keys).Order(StringComparer.Ordinal))
        {
            string wantedValue = wanted.GetValueOrDefault(key, "(none)"), gotValue = got.GetValueOrDefault(key, "(none)");
            if (wantedValue != gotValue)
                return $"map '{map}', element {key}:\n  {expected.Name,-12} {wantedValue}\n  {actual.Name,-12} {gotValue}";
        }
        return null;
    }

    private static SortedDictionary<string, string> Text(IEnumerable<KeyValuePair<byte[], byte[]>> elements)
    {
        var text = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (KeyValuePair<byte[], byte[]> element in elements)
            text.Add(Convert.ToHexStringLower(element.Key), Convert.ToHexStringLower(element.Value));
        return text;
    }

    private static string Hex(ReadOnlySpan<byte> packet, int from)
    {
        const int Shown = 24;
        ReadOnlySpan<byte> rest = packet[Math.Min(from, packet.Length)..];
        return "..." + Convert.ToHexStringLower(rest[..Math.Min(Shown, rest.Length)]);
    }
}
