namespace Headrace.Objects;

/// <content>Sizes, alignments and the type behind modifiers.</content>
public sealed partial class Btf
{
    /// <summary>How many types may stand behind each other; the kernel and libbpf stop at 32 too.</summary>
    internal const int MaxDepth = 32;

    private const int PointerSize = 8;

    private Dictionary<int, int>? _alignments;

    /// <summary>The type behind typedefs, qualifiers and type tags.</summary>
    /// <returns>Its id; 0 for void.</returns>
    /// <exception cref="ObjectException">More than 32 of them in a row.</exception>
    public int SkipModifiers(int id)
    {
        for (int depth = 0; depth < MaxDepth; depth++)
        {
            if (KindOf(id) is not (BtfKind.Typedef or BtfKind.Const or BtfKind.Volatile or BtfKind.Restrict or BtfKind.TypeTag))
                return id;
            id = this[id].Target;
        }
        throw TooDeep(id);
    }

    /// <summary>Size of a type in bytes.</summary>
    /// <exception cref="ObjectException">It has none (void, a function, a forward declaration), or the types loop.</exception>
    public long SizeOf(int id) =>
        TrySizeOf(id) ?? throw Error($"type {id} ({this[id].Kind} '{this[id].Name}') has no size");

    /// <summary>Size of a type in bytes, or null where it has none.</summary>
    /// <exception cref="ObjectException">The types loop, or the size is beyond 2^62.</exception>
    public long? TrySizeOf(int id)
    {
        UInt128 count = 1;
        for (int depth = 0; depth < MaxDepth; depth++)
        {
            BtfType type = this[id];
            long? size = type switch
            {
                BtfInt number => number.Size,
                BtfPointer => PointerSize,
                BtfComposite composite => composite.Size,
                BtfEnum @enum => @enum.Size,
                BtfFloat number => number.Size,
                BtfDataSection section => section.Size,
                _ => null,
            };
            if (size is not null)
            {
                UInt128 total = count * (ulong)size.Value;
                return total <= 1UL << 62 ? (long)total : throw Error($"type {id} is part of an array of {total} bytes");
            }
            if (type is BtfArray array)
                count = count > 1UL << 62 ? count : count * array.Count;
            else if (!type.IsModifier && type.Kind != BtfKind.Variable)
                return null;
            id = type.Target;
        }
        throw TooDeep(id);
    }

    /// <summary>Alignment of a type in bytes, as the members that it holds need it; a packed struct has 1.</summary>
    /// <exception cref="ObjectException">The types loop.</exception>
    public int AlignmentOf(int id) => AlignmentOf(id, 0);

    private int AlignmentOf(int id, int depth)
    {
        if (depth > MaxDepth)
            throw TooDeep(id);
        BtfType type = this[id];
        switch (type)
        {
            case BtfInt number:
                return Math.Min(number.Size, PointerSize);
            case BtfEnum @enum:
                return Math.Clamp(@enum.Size, 1, PointerSize);
            case BtfFloat number:
                return Math.Clamp(number.Size, 1, 16);
            case BtfPointer:
                return PointerSize;
            case BtfComposite composite:
                return AlignmentOf(id, composite, depth);
            default:
                return type.Target == 0 ? 1 : AlignmentOf(type.Target, depth + 1);
        }
    }

    private int AlignmentOf(int id, BtfComposite composite, int depth)
    {
        // Without remembering, structs nested in structs would be walked once for every path that leads to them.
        Dictionary<int, int> known = _alignments ??= [];
        lock (known)
        {
            if (known.TryGetValue(id, out int alignment))
                return alignment;
            alignment = 1;
            foreach (BtfMember member in composite.Members)
            {
                int own = AlignmentOf(member.TypeId, depth + 1);
                if (member.BitSize == 0 && member.BitOffset % ((uint)own * 8) != 0)
                {
                    alignment = 1;
                    break;
                }
                alignment = Math.Max(alignment, own);
            }
            if (composite.Size % alignment != 0)
                alignment = 1;
            known[id] = alignment;
            return alignment;
        }
    }

    private ObjectException TooDeep(int id) => Error($"more than {MaxDepth} types follow each other at type {id}: the types loop or are hostile");
}
