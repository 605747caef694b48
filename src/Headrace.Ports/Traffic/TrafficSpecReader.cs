using System.Globalization;

namespace Headrace.Ports;

/// <summary>Reads the text form of a <see cref="TrafficSpec"/>.</summary>
internal static class TrafficSpecReader
{
    private const string Keys = "packets, flows, sizes, mix, ipv6, vlan, qinq, options, attack, rate, seed";

    private static readonly (string Name, TrafficAttack Kind)[] AttackNames =
        [("synflood", TrafficAttack.SynFlood), ("udpflood", TrafficAttack.UdpFlood), ("dnsamp", TrafficAttack.DnsAmplification)];

    public static string Name(TrafficAttack kind) => AttackNames.First(attack => attack.Kind == kind).Name;

    public static TrafficSpec Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith(TrafficSpec.Prefix, StringComparison.Ordinal))
            text = text[TrafficSpec.Prefix.Length..];
        var spec = new TrafficSpec();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string piece in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = piece.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                throw new TrafficSpecException(piece, $"a piece is key=value; keys are {Keys}");
            string key = piece[..equals];
            if (!seen.Add(key))
                throw new TrafficSpecException(piece, $"'{key}' is given twice");
            spec = Apply(spec, piece, key, piece[(equals + 1)..]);
        }
        Check(spec);
        return spec;
    }

    private static TrafficSpec Apply(TrafficSpec spec, string piece, string key, string value) => key switch
    {
        "packets" => spec with { Packets = Number(piece, value, 0, long.MaxValue) },
        "flows" => spec with { Flows = (int)Number(piece, value, 1, TrafficSpec.MaxFlows) },
        "sizes" => spec with { Sizes = Sizes(piece, value) },
        "mix" => Mix(spec, piece, value),
        "ipv6" => spec with { IPv6 = Percent(piece, value) },
        "vlan" => spec with { Vlan = Percent(piece, value) },
        "qinq" => spec with { QinQ = Percent(piece, value) },
        "options" => spec with { Options = Percent(piece, value) },
        "attack" => spec with { Attacks = Attacks(piece, value) },
        "rate" => spec with { Rate = Number(piece, value, 1, 1_000_000_000) },
        "seed" => spec with { Seed = ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? seed : throw new TrafficSpecException(piece, "a seed is a whole number below 2^64") },
        _ => throw new TrafficSpecException(piece, $"'{key}' is no key; keys are {Keys}"),
    };

    private static void Check(TrafficSpec spec)
    {
        if (spec.Vlan + spec.QinQ > 100)
            throw new TrafficSpecException($"vlan={spec.Vlan},qinq={spec.QinQ}", "together they are more than 100 percent of the flows");
    }

    private static TrafficSpec Mix(TrafficSpec spec, string piece, string value)
    {
        int udp = 0, tcp = 0, icmp = 0;
        foreach (var (name, percent) in Shares(piece, value))
        {
            switch (name)
            {
                case "udp": udp += percent; break;
                case "tcp": tcp += percent; break;
                case "icmp": icmp += percent; break;
                default: throw new TrafficSpecException(piece, $"'{name}' is no protocol of the mix: udp, tcp or icmp");
            }
        }
        return udp + tcp + icmp == 100
            ? spec with { Udp = udp, Tcp = tcp, Icmp = icmp }
            : throw new TrafficSpecException(piece, $"the shares make {udp + tcp + icmp} percent, not 100");
    }

    private static (TrafficAttack, int)[] Attacks(string piece, string value)
    {
        var attacks = new List<(TrafficAttack, int)>();
        foreach (var (name, percent) in Shares(piece, value))
        {
            int known = Array.FindIndex(AttackNames, attack => attack.Name == name);
            if (known < 0)
                throw new TrafficSpecException(piece, $"'{name}' is no attack: {string.Join(", ", AttackNames.Select(attack => attack.Name))}");
            attacks.Add((AttackNames[known].Kind, percent));
        }
        int total = attacks.Sum(attack => attack.Item2);
        return total <= 100 ? [.. attacks] : throw new TrafficSpecException(piece, $"the attacks make {total} percent of the packets");
    }

    private static SizeShare[] Sizes(string piece, string value)
    {
        if (value == "imix")
            return [.. TrafficSpec.Imix];
        var shares = new List<SizeShare>();
        foreach (string part in value.Split('/'))
        {
            var (range, weight) = SplitAt(part, ':');
            var (low, high) = SplitAt(range, '-');
            int minimum = (int)Number(piece, low, TrafficSpec.MinFrame, TrafficSpec.MaxFrame);
            int maximum = high.Length == 0 ? minimum : (int)Number(piece, high, minimum, TrafficSpec.MaxFrame);
            shares.Add(new SizeShare(minimum, maximum, weight.Length == 0 ? 1 : (int)Number(piece, weight, 1, 1_000_000)));
        }
        // Few enough that the sum of the weights cannot overflow, more than anybody writes.
        return shares.Count <= 1000 ? [.. shares] : throw new TrafficSpecException(piece, $"{shares.Count} sizes are more than the 1000 accepted");
    }

    private static IEnumerable<(string Name, int Percent)> Shares(string piece, string value)
    {
        foreach (string part in value.Split('/'))
        {
            var (name, percent) = SplitAt(part, ':');
            yield return (name, Percent(piece, percent));
        }
    }

    private static (string Left, string Right) SplitAt(string text, char mark)
    {
        int at = text.IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }

    private static int Percent(string piece, string value) => (int)Number(piece, value, 0, 100);

    private static long Number(string piece, string value, long minimum, long maximum) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= minimum && number <= maximum
            ? number
            : throw new TrafficSpecException(piece, $"'{value}' is no whole number from {minimum} to {maximum}");
}
