using System.Text.Json;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>A program of the suite with what it runs on.</summary>
/// <param name="Object">Name of the embedded object, or the path of one on this machine.</param>
/// <param name="Program">Name of the program in it.</param>
/// <param name="Packet">The packet it gets every time.</param>
internal sealed record EngineProgram(string Object, string Program, byte[] Packet)
{
    /// <summary>Its name in the table.</summary>
    public string Title { get; init; } = Program;

    /// <summary>What the program has to answer when it does its work; null where any answer will do that every engine agrees on.</summary>
    public XdpAction? Verdict { get; init; }

    /// <summary>Puts elements into the maps of the object; null when they start empty.</summary>
    public Action<CollectionSpec, byte[]>? Fill { get; init; }

    /// <summary>Embedded map contents by map, in the form of <c>run --map</c>.</summary>
    public IReadOnlyList<(string Map, string Resource)> Contents { get; init; } = [];

    /// <summary>True when the program changes the packet, which then is put back before each run, here and in the kernel (see <see cref="PacketRestorer"/>).</summary>
    public bool Restores { get; init; }

    /// <summary>Ring buffer that the program sends to: it is emptied between measurements.</summary>
    public string? Ring { get; init; }

    /// <summary>The most runs between two emptyings of the ring.</summary>
    public int MostRuns { get; init; } = int.MaxValue;

    /// <summary>True when its source is also compiled for the processor itself.</summary>
    public bool HasNative { get; init; }

    /// <summary>The object's specification with the maps filled: the packet's own keys among others.</summary>
    public CollectionSpec LoadSpec()
    {
        CollectionSpec spec = File.Exists(Object) ? CollectionSpec.Load(Object) : CollectionSpec.Parse(Resources.Read(Object), Object);
        Fill?.Invoke(spec, Packet);
        foreach ((string map, string resource) in Contents)
        {
            using var document = JsonDocument.Parse(Resources.Read(resource));
            foreach (JsonElement element in document.RootElement.EnumerateArray())
                spec.Maps[map].Entries.Add(new MapEntrySpec(Bytes(element, "key"), Bytes(element, "value")));
        }
        if (Restores)
            PacketRestorer.Prepend(spec, Program, Packet);
        return spec;
    }

    private static byte[] Bytes(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
}
