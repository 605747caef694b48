using System.Buffers.Binary;
using System.Text.Json;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Objects;

namespace Headrace.Cli.Batch;

/// <summary>One row of a batch file: a raw program with its maps, and the packets to run it on.</summary>
/// <remarks>Numbers are the kernel's. Fields that are not known are ignored, so that rows may carry their own notes.</remarks>
/// <param name="Id">The row's name, repeated in the answer: JSON of any kind.</param>
/// <param name="Spec">A collection of one program named <c>row</c> and the row's maps, in order.</param>
/// <param name="Runs">Packets, run in order on one instance.</param>
internal sealed record BatchRow(JsonElement Id, CollectionSpec Spec, IReadOnlyList<byte[]> Runs)
{
    /// <summary>The name of the program in <see cref="Spec"/>.</summary>
    public const string ProgramName = "row";

    /// <summary>Reads a row.</summary>
    /// <exception cref="HeadraceException">The row is not of the form, with the field that is wrong.</exception>
    public static BatchRow Read(JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object)
            throw new HeadraceException("the row is no JSON object");
        string license = Text(row, "license", "");
        var spec = new CollectionSpec { Source = "batch", License = license };
        if (TryGet(row, "maps", out JsonElement maps))
            ReadMaps(maps, spec);

        Instruction[] instructions = Instruction.Decode(Hex.Parse(Text(row, "insns", null), "insns"));
        if (TryGet(row, "fixups", out JsonElement fixups))
        {
            foreach (JsonElement fixup in Elements(fixups, "fixups"))
                Apply(fixup, instructions, spec.Maps.Count);
        }
        spec.Programs.Add(new ProgramSpec
        {
            Name = ProgramName,
            Type = (ProgramType)Number(row, "prog_type", (uint)ProgramType.Xdp),
            ExpectedAttachType = (AttachType)Number(row, "expected_attach_type", 0),
            Flags = (ProgramFlags)Number(row, "prog_flags", 0),
            License = license,
            Instructions = instructions,
        });

        var runs = new List<byte[]>();
        if (TryGet(row, "runs", out JsonElement list))
        {
            foreach (JsonElement run in Elements(list, "runs"))
                runs.Add(Packet(run));
        }
        return new BatchRow(IdOf(row), spec, runs);
    }

    /// <summary>The row's name, or JSON null when it has none.</summary>
    public static JsonElement IdOf(JsonElement row) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty("id", out JsonElement id) ? id : default;

    private static byte[] Packet(JsonElement run)
    {
        byte[] packet = Hex.Parse(Text(run, "in", null), "runs.in");
        return packet.Length <= PacketBurst.MaxLength
            ? packet
            : throw new HeadraceException($"runs.in: a packet of {packet.Length} bytes is longer than {PacketBurst.MaxLength}");
    }

    private static void ReadMaps(JsonElement maps, CollectionSpec spec)
    {
        var inner = new List<int>();
        foreach (JsonElement map in Elements(maps, "maps"))
        {
            int index = spec.Maps.Count;
            var entry = new MapSpec
            {
                // The index makes the name unique: rows may leave names out or repeat them.
                Name = $"{index}:{Text(map, "name", "")}",
                Type = (MapType)Number(map, "type", 0),
                KeySize = Number(map, "key", 0),
                ValueSize = Number(map, "value", 0),
                MaxEntries = Number(map, "max", 0),
                Flags = (MapFlags)Number(map, "flags", 0),
            };
            inner.Add((int)Math.Min(Number(map, "inner", 0), int.MaxValue));
            if (TryGet(map, "init", out JsonElement init))
            {
                foreach (JsonElement element in Elements(init, "maps.init"))
                    entry.Entries.Add(new MapEntrySpec(Hex.Parse(Text(element, "k", null), "maps.init.k"), Hex.Parse(Text(element, "v", null), "maps.init.v")));
            }
            spec.Maps.Add(entry);
        }
        for (int index = 0; index < inner.Count; index++)
        {
            MapSpec outer = spec.Maps[index];
            if (outer.Type == MapType.ProgramArray)
                ReferTo([ProgramName], outer);
            if (outer.Type is not (MapType.ArrayOfMaps or MapType.HashOfMaps))
                continue;
            ReferTo([.. spec.Maps.Select(map => map.Name)], outer);
            if (inner[index] >= spec.Maps.Count || inner[index] == index)
                throw new HeadraceException($"maps: map {index} names map {inner[index]} as its inner map, but the row has {spec.Maps.Count}");
            outer.InnerMap = spec.Maps[inner[index]];
        }
    }

    // A file has no descriptors: the values of maps that hold programs or maps are indices into the row's.
    private static void ReferTo(string[] names, MapSpec holder)
    {
        for (int index = 0; index < holder.Entries.Count; index++)
        {
            byte[] value = holder.Entries[index].Value!;
            if (value.Length != sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(value) is var target && target >= names.Length)
                throw new HeadraceException($"maps.init.v: {Convert.ToHexStringLower(value)} is no index, 4 bytes little-endian, below {names.Length}");
            holder.Entries[index] = new MapEntrySpec(holder.Entries[index].Key, null, names[target]);
        }
    }

    private static void Apply(JsonElement fixup, Instruction[] instructions, int maps)
    {
        uint at = Number(fixup, "i", uint.MaxValue), map = Number(fixup, "m", uint.MaxValue);
        string kind = Text(fixup, "k", null);
        if (at >= instructions.Length || !instructions[at].Opcode.IsWideLoad)
            throw new HeadraceException($"fixups: instruction {at} is no 64-bit immediate load");
        if (map >= maps)
            throw new HeadraceException($"fixups: instruction {at} wants map {map}, but the row has {maps}");
        Instruction load = instructions[at];
        instructions[at] = load with
        {
            Src = (Register)(kind switch
            {
                "map" => WideLoadKind.MapIndex,
                "mapval" => WideLoadKind.MapValueIndex,
                _ => throw new HeadraceException($"fixups: kind '{kind}' is neither 'map' nor 'mapval'"),
            }),
            Immediate = (load.Immediate & ~0xffff_ffffL) | map,
        };
    }

    // null is what scripts write for a field that they leave out.
    private static bool TryGet(JsonElement element, string field, out JsonElement value)
    {
        value = default;
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;
    }

    private static JsonElement.ArrayEnumerator Elements(JsonElement list, string field) => list.ValueKind == JsonValueKind.Array
        ? list.EnumerateArray()
        : throw new HeadraceException($"{field} is no JSON array");

    private static string Text(JsonElement element, string field, string? fallback)
    {
        if (TryGet(element, field, out JsonElement value))
        {
            if (value.ValueKind == JsonValueKind.String)
                return value.GetString()!;
            throw new HeadraceException($"{field} is no text");
        }
        return fallback ?? throw new HeadraceException($"{field} is missing");
    }

    private static uint Number(JsonElement element, string field, uint fallback)
    {
        if (!TryGet(element, field, out JsonElement value))
            return fallback;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number is >= int.MinValue and <= uint.MaxValue)
            return (uint)number;
        throw new HeadraceException($"{field} is no 32-bit number");
    }
}
