using Headrace.Bytecode;

namespace Headrace.Objects.Loading;

/// <summary>The fields of one BTF map definition (libbpf's <c>struct { __uint(type, ...); __type(key, ...); }</c>).</summary>
internal sealed class MapFields(Btf types, string file, string name)
{
    private const ulong PinNone = 0; // LIBBPF_PIN_NONE
    private const ulong PinByName = 1; // LIBBPF_PIN_BY_NAME

    private const uint HandleSize = 4;

    private uint? _keySize;
    private uint? _valueSize;
    private int _keyType;
    private int _valueType;
    private uint _maxEntries;
    private uint _flags;
    private uint _numaNode;
    private ulong _extra;
    private bool _pinByName;

    /// <summary>The map's type, as far as it was read.</summary>
    public MapType Type { get; private set; }

    public void Read(BtfMember member)
    {
        switch (member.Name)
        {
            case "type":
                Type = (MapType)Number(member);
                break;
            case "max_entries":
                _maxEntries = (uint)Number(member);
                break;
            case "map_flags":
                _flags = (uint)Number(member);
                break;
            case "numa_node":
                _numaNode = (uint)Number(member);
                break;
            case "map_extra":
                _extra = Number(member);
                break;
            case "key_size":
                _keySize = Agree(member, _keySize, (uint)Number(member));
                break;
            case "value_size":
                _valueSize = Agree(member, _valueSize, (uint)Number(member));
                break;
            case "key":
                _keyType = Pointee(member);
                _keySize = Agree(member, _keySize, SizeOf(member, _keyType));
                break;
            case "value":
                _valueType = Pointee(member);
                _valueSize = Agree(member, _valueSize, SizeOf(member, _valueType));
                break;
            case "pinning":
                _pinByName = Number(member) switch
                {
                    PinNone => false,
                    PinByName => true,
                    var other => throw Error($"pinning {other} is not known: LIBBPF_PIN_NONE (0) and LIBBPF_PIN_BY_NAME (1) are"),
                };
                break;
            default:
                throw Error($"field '{member.Name}' is not known (type, key, value, key_size, value_size, max_entries, map_flags, map_extra, numa_node, pinning and values are)");
        }
    }

    public MapSpec ToSpec(MapSpec? inner)
    {
        if (Type == MapType.Unspec)
            throw Error("its definition has no field 'type'");
        bool holdsMaps = Type is MapType.ArrayOfMaps or MapType.HashOfMaps;
        bool holdsHandles = holdsMaps || Type == MapType.ProgramArray;
        var map = new MapSpec
        {
            Name = name,
            Type = Type,
            KeySize = _keySize ?? (Type == MapType.ProgramArray ? HandleSize : 0),
            ValueSize = _valueSize ?? (holdsHandles ? HandleSize : 0),
            MaxEntries = _maxEntries,
            Flags = (MapFlags)_flags,
            NumaNode = _numaNode,
            Extra = _extra,
            PinByName = _pinByName,
            KeyTypeId = _keyType,
            ValueTypeId = _valueType,
            InnerMap = inner,
        };
        map.SpecialFields.AddRange(SpecialFields.Of(types, _valueType, map.ValueSize));
        return map;
    }

    // __uint(n) makes a pointer to an array of n; __ulong(n) an enum with one constant.
    private ulong Number(BtfMember member) => types[types.SkipModifiers(member.TypeId)] switch
    {
        BtfPointer pointer when types[types.SkipModifiers(pointer.TypeId)] is BtfArray array => array.Count,
        BtfEnum { Values.Length: 1 } constant => (ulong)constant.Values[0].Value,
        _ => throw Error($"field '{member.Name}' is no number: write it as __uint({member.Name}, n)"),
    };

    private int Pointee(BtfMember member) => types[types.SkipModifiers(member.TypeId)] is BtfPointer pointer
        ? pointer.TypeId
        : throw Error($"field '{member.Name}' is no type: write it as __type({member.Name}, T)");

    private uint SizeOf(BtfMember member, int type)
    {
        long? size = types.TrySizeOf(type);
        return size is >= 0 and <= uint.MaxValue ? (uint)size : throw Error($"the type of field '{member.Name}' has no size a map can have");
    }

    private uint Agree(BtfMember member, uint? known, uint size) => known is null || known == size
        ? size
        : throw Error($"field '{member.Name}' says {size} bytes, another field {known}");

    private ObjectException Error(string reason) => new(file, $"map '{name}'", reason);
}
