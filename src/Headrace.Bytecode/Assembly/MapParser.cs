namespace Headrace.Bytecode;

/// <summary>Reads the directives about maps: <c>.map</c>, <c>.inner</c> and <c>.entry</c>.</summary>
internal static class MapParser
{
    private static readonly (string Name, MapFlags Flag)[] s_flags =
    [
        ("no_prealloc", MapFlags.NoPrealloc), ("no_common_lru", MapFlags.NoCommonLru), ("numa_node", MapFlags.NumaNode),
        ("rdonly", MapFlags.ReadOnly), ("wronly", MapFlags.WriteOnly), ("rdonly_prog", MapFlags.ReadOnlyProgram),
        ("wronly_prog", MapFlags.WriteOnlyProgram), ("mmapable", MapFlags.Mmapable), ("inner_map", MapFlags.InnerMap),
    ];

    /// <summary>Reads <c>NAME type=hash key=4 value=8 max_entries=64 flags=no_prealloc pin=by_name</c>.</summary>
    public static AssemblyMap ReadMap(TokenReader reader)
    {
        Token name = reader.Next;
        var map = new AssemblyMap { Name = reader.ExpectName("the map's name") };
        ReadProperties(reader, map);
        return map.Type == MapType.Unspec ? throw reader.Error(name, $"map '{map.Name}' needs type=, such as type=hash") : map;
    }

    /// <summary>Reads <c>OUTER type=array key=4 value=8 max_entries=1</c>: the template of the maps inside.</summary>
    public static void ReadInner(TokenReader reader, IEnumerable<AssemblyMap> maps)
    {
        AssemblyMap outer = ReadKnown(reader, maps);
        var inner = new AssemblyMap { Name = outer.Name + ".inner" };
        ReadProperties(reader, inner);
        outer.Inner = inner.Type == MapType.Unspec ? throw reader.Expected("type=, such as type=array") : inner;
    }

    /// <summary>Reads <c>MAP 3 = NAME</c>: element 3 holds a program or map.</summary>
    public static void ReadEntry(TokenReader reader, IEnumerable<AssemblyMap> maps)
    {
        AssemblyMap map = ReadKnown(reader, maps);
        Token token = reader.Next;
        uint index = (uint)reader.ExpectUnsigned("an index", uint.MaxValue);
        reader.TryTake("=");
        string value = reader.ExpectName("the name of a program or map");
        reader.ExpectEnd();
        if (index >= map.MaxEntries)
            throw reader.Error(token, $"map '{map.Name}' has {map.MaxEntries} entries: the index {index} is beyond them");
        map.Entries[index] = value;
    }

    /// <summary>The flags as <c>flags=</c> takes them: names joined by commas, or a number where a name is missing.</summary>
    public static string FlagsText(MapFlags flags)
    {
        List<string> names = [];
        MapFlags rest = flags;
        foreach ((string name, MapFlags flag) in s_flags)
        {
            if ((flags & flag) != 0)
            {
                names.Add(name);
                rest &= ~flag;
            }
        }
        return rest == 0 ? string.Join(',', names) : $"0x{(uint)flags:x}";
    }

    private static AssemblyMap ReadKnown(TokenReader reader, IEnumerable<AssemblyMap> maps)
    {
        Token token = reader.Next;
        string name = reader.ExpectName("a map");
        return maps.FirstOrDefault(map => map.Name == name)
            ?? throw reader.Error(token, $"map '{name}' is not defined above{CodeBuilder.Known(maps.Select(map => map.Name))}");
    }

    private static void ReadProperties(TokenReader reader, AssemblyMap map)
    {
        while (!reader.AtEnd)
        {
            Token property = reader.Next;
            string key = reader.ExpectName("a property such as type=hash, key=4, value=8, max_entries=64");
            reader.Expect("=");
            switch (key)
            {
                case "type":
                    map.Type = ReadType(reader);
                    break;
                case "key":
                    map.KeySize = (uint)reader.ExpectUnsigned("a size in bytes", uint.MaxValue);
                    break;
                case "value":
                    map.ValueSize = (uint)reader.ExpectUnsigned("a size in bytes", uint.MaxValue);
                    break;
                case "max_entries":
                    map.MaxEntries = (uint)reader.ExpectUnsigned("a number of entries", uint.MaxValue);
                    break;
                case "flags":
                    map.Flags = ReadFlags(reader);
                    break;
                case "extra":
                    map.Extra = reader.ExpectUnsigned("a number");
                    break;
                case "numa_node":
                    map.NumaNode = (uint)reader.ExpectUnsigned("a node", uint.MaxValue);
                    break;
                case "pin":
                    reader.ExpectWord("by_name");
                    map.PinByName = true;
                    break;
                default:
                    throw reader.Error(property, $"'{key}' is no property of a map: type, key, value, max_entries, flags, extra, numa_node, pin");
            }
        }
    }

    private static MapType ReadType(TokenReader reader)
    {
        if (reader.Next.Kind == TokenKind.Number)
            return (MapType)reader.ExpectUnsigned("a map type", int.MaxValue);
        Token token = reader.Next;
        return MapTypeNames.TryParse(reader.ExpectName("a map type"), out MapType type)
            ? type
            : throw reader.Error(token, $"'{token.Text}' is no map type: {string.Join(", ", MapTypeNames.All.Skip(1))}");
    }

    private static MapFlags ReadFlags(TokenReader reader)
    {
        MapFlags flags = 0;
        do
        {
            Token token = reader.Next;
            if (token.Kind == TokenKind.Number)
            {
                flags |= (MapFlags)reader.ExpectUnsigned("map flags", uint.MaxValue);
                continue;
            }
            string name = reader.ExpectName("a flag such as no_prealloc, or a number");
            MapFlags flag = s_flags.FirstOrDefault(pair => pair.Name == name).Flag;
            flags |= flag != 0 ? flag : throw reader.Error(token, $"'{name}' is no flag: {string.Join(", ", s_flags.Select(pair => pair.Name))}, or a number");
        }
        while (reader.TryTake(","));
        return flags;
    }
}
