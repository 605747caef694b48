using System.Buffers.Binary;
using System.Net;

namespace Headrace.Linux.Tests.Live;

/// <summary>The firewall's maps by the words of its source.</summary>
internal sealed class FirewallRules(IReadOnlyDictionary<string, KernelMap> maps)
{
    public const uint Drop = 1, Pass = 2;
    public const uint None = 0;

    private readonly KernelMap _flows = maps["flows"];
    private readonly KernelMap _networks4 = maps["networks4"];
    private readonly TypedMap<uint, Counter> _counters = maps["counters"].As<uint, Counter>();

    public record struct Counter
    {
        public ulong Packets;
        public ulong Bytes;
    }

    /// <summary>A rule for packets of a protocol from the far end's to the near end's port.</summary>
    public void SetFlow(byte protocol, int from, int to, uint number, uint action)
    {
        byte[] key = new byte[40];
        IPAddress.Parse(VethPair.FarAddress).GetAddressBytes().CopyTo(key, 0);
        IPAddress.Parse(VethPair.NearAddress).GetAddressBytes().CopyTo(key, 16);
        BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(32), (ushort)from);
        BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(34), (ushort)to);
        key[36] = protocol;
        key[37] = 4;
        _flows.Update(key, Value(number, action));
    }

    /// <summary>A rule for packets of a network.</summary>
    public void SetNetwork(string network, int length, uint number, uint action)
    {
        byte[] key = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(key, length);
        IPAddress.Parse(network).GetAddressBytes().CopyTo(key, 4);
        _networks4.Update(key, Value(number, action));
    }

    /// <summary>What a rule has counted, over all processors.</summary>
    public Counter Counted(uint rule)
    {
        Span<Counter> values = stackalloc Counter[Processors.Possible];
        _counters.TryGet(rule, values);
        var sum = new Counter();
        foreach (Counter value in values)
            sum = new Counter { Packets = sum.Packets + value.Packets, Bytes = sum.Bytes + value.Bytes };
        return sum;
    }

    /// <summary>Packets all rules have counted.</summary>
    public ulong AllPackets()
    {
        ulong sum = 0;
        for (uint rule = 0; rule < 64; rule++)
            sum += Counted(rule).Packets;
        return sum;
    }

    private static byte[] Value(uint number, uint action) => [.. BitConverter.GetBytes(number), .. BitConverter.GetBytes(action)];
}
