using System.Buffers.Binary;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>A program of the suite with what it runs on.</summary>
/// <param name="Object">Name of the embedded object.</param>
/// <param name="Program">Name of the program in it.</param>
/// <param name="Packet">The packet it gets every time.</param>
/// <param name="Suite">The group whose mean it goes into.</param>
internal sealed record EngineProgram(string Object, string Program, byte[] Packet, string Suite)
{
    private const int Elements = 512;

    /// <summary>The object's specification with the maps filled: the packet's own keys among others.</summary>
    public CollectionSpec LoadSpec()
    {
        using Stream stream = typeof(EngineProgram).Assembly.GetManifestResourceStream(Object)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        CollectionSpec spec = CollectionSpec.Parse(bytes, Object);
        Fill(spec);
        return spec;
    }

    // Maps by their names in engine.bpf.c; the firewall runs on empty lists, which it has to search all the same.
    private void Fill(CollectionSpec spec)
    {
        if (Object != EngineSuite.Object)
            return;
        byte[] source = Packet[26..30], destination = Packet[30..34], ports = Packet[34..38];
        spec.Maps["ports"].Entries.Add(new MapEntrySpec([0, 0, 0, 0], [1, 0, 0, 0])); // the loopback interface, which every machine has
        var random = new Random(1);
        for (int i = 0; i < Elements; i++)
        {
            bool own = i == 0;
            byte[] address = own ? source : Bytes(random, 4);
            byte[] value = [1, 0, 0, 0, 0, 0, 0, 0];
            spec.Maps["hosts"].Entries.Add(new MapEntrySpec(address, value));
            byte[] flow = [.. address, .. destination, .. ports, Packet[23], 0, 0, 0];
            spec.Maps["flows"].Entries.Add(new MapEntrySpec(flow, value));
            spec.Maps["recent_flows"].Entries.Add(new MapEntrySpec(flow, value));
            spec.Maps["wide_flows"].Entries.Add(new MapEntrySpec([.. Mapped(address), .. Mapped(destination), .. flow[8..]], value));
            byte[] prefix = new byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(prefix, own ? 24 : random.Next(8, 33));
            spec.Maps["routes"].Entries.Add(new MapEntrySpec([.. prefix, .. own ? destination : Bytes(random, 4)], value));
        }
    }

    // An IPv4 address as an IPv6 one.
    private static byte[] Mapped(byte[] address) => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, .. address];

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
