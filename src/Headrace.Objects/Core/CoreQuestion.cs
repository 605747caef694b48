namespace Headrace.Objects.Core;

/// <summary>Answers a relocation's question for one path (kernel documentation, bpf/llvm_reloc.rst, "CO-RE Relocations").</summary>
internal static class CoreQuestion
{
    /// <summary>The answer, or null where there is none because the path leads nowhere (<paramref name="path"/> is null).</summary>
    public static CoreValue? Answer(CoreRelocationKind kind, CorePath? path) => kind switch
    {
        CoreRelocationKind.FieldExists or CoreRelocationKind.EnumValueExists or CoreRelocationKind.TypeExists or CoreRelocationKind.TypeMatches =>
            new CoreValue(path is null ? 0UL : 1),
        CoreRelocationKind.TypeIdLocal or CoreRelocationKind.TypeIdTarget => new CoreValue((ulong)(path?.RootId ?? 0), IsChecked: false),
        CoreRelocationKind.TypeSize => new CoreValue(path is null ? 0UL : (ulong)path.Types.SizeOf(path.RootId)),
        CoreRelocationKind.EnumValue => path is null ? null : Constant(path),
        _ => path is null ? null : path.Last.Name is null ? Element(kind, path) : Field(kind, path),
    };

    private static CoreValue Constant(CorePath path)
    {
        var @enum = (BtfEnum)path.Types[path.Last.TypeId];
        long value = @enum.Values[path.Last.Index].Value;
        // Older compilers do not say whether an enum of 32 bits is signed; instructions hold its values sign-extended.
        return new CoreValue((ulong)(@enum.Kind == BtfKind.Enum ? (int)value : value));
    }

    private static CoreValue Element(CoreRelocationKind kind, CorePath path)
    {
        long size = path.Types.SizeOf(path.Last.TypeId);
        return kind switch
        {
            CoreRelocationKind.FieldByteOffset => new CoreValue((ulong)(path.BitOffset / 8), size, path.Last.TypeId),
            CoreRelocationKind.FieldByteSize => new CoreValue((ulong)size),
            _ => throw path.Types.Error($"{kind} is asked of an array's element (type {path.RootId}): only its offset, size and existence are known"),
        };
    }

    private static CoreValue Field(CoreRelocationKind kind, CorePath path)
    {
        Btf types = path.Types;
        BtfMember member = ((BtfComposite)types[path.Last.TypeId]).Members[path.Last.Index];
        int typeId = types.SkipModifiers(member.TypeId);
        int bits = member.BitSize;
        bool isBitField = bits > 0;
        long size = types.SizeOf(typeId);
        long offset = path.BitOffset / 8;
        if (isBitField)
            (offset, size) = Storage(path, size, bits);
        else
            bits = (int)Math.Min(size * 8, int.MaxValue);
        switch (kind)
        {
            case CoreRelocationKind.FieldByteOffset:
                return isBitField
                    ? new CoreValue((ulong)offset, size, typeId, IsChecked: false)
                    : OffsetOf(types, offset, typeId);
            case CoreRelocationKind.FieldByteSize:
                return new CoreValue((ulong)size, IsChecked: !isBitField);
            case CoreRelocationKind.FieldSigned:
                return new CoreValue(types[typeId] is BtfEnum { IsSigned: true } or BtfInt { IsSigned: true } ? 1UL : 0);
            case CoreRelocationKind.FieldLeftShift:
                return new CoreValue((ulong)(64 - (bits + path.BitOffset - (offset * 8))), IsChecked: false);
            case CoreRelocationKind.FieldRightShift:
                return new CoreValue((ulong)(64L - bits));
            default:
                throw types.Error($"CO-RE relocation kind {(int)kind} is not known");
        }
    }

    // The access to an array is one to an element: it is that size which the instruction has.
    private static CoreValue OffsetOf(Btf types, long offset, int typeId)
    {
        for (int depth = 0; depth < Btf.MaxDepth && types[typeId] is BtfArray array; depth++)
            typeId = types.SkipModifiers(array.ElementTypeId);
        return new CoreValue((ulong)offset, types.SizeOf(typeId), typeId);
    }

    /// <summary>The aligned load that holds a bit field: as wide as its type, wider where it crosses a border.</summary>
    private static (long Offset, long Size) Storage(CorePath path, long size, int bits)
    {
        if (size is not (1 or 2 or 4 or 8))
            throw path.Types.Error($"a bit field's type has {size} bytes");
        long offset = path.BitOffset / 8 / size * size;
        while (path.BitOffset + bits - (offset * 8) > size * 8)
        {
            if (size >= 8)
                throw path.Types.Error($"a bit field of {bits} bits at bit {path.BitOffset} cannot be loaded in 8 bytes");
            size *= 2;
            offset = path.BitOffset / 8 / size * size;
        }
        return (offset, size);
    }
}
