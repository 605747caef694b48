using System.Collections.Immutable;

namespace Headrace.Objects;

/// <content>Decoding of records.</content>
public sealed partial class Btf
{
    private BtfType Decode(int offset)
    {
        string name = Text(U32(offset));
        uint info = U32(offset + 4);
        uint sizeOrType = U32(offset + 8);
        var kind = (BtfKind)((info >> 24) & 0x1f);
        bool flag = info >> 31 != 0;
        int entries = (int)(info & 0xffff);
        int tail = offset + 12;
        return kind switch
        {
            BtfKind.Int => DecodeInt(name, sizeOrType, U32(tail)),
            BtfKind.Pointer => new BtfPointer((int)sizeOrType),
            BtfKind.Array => new BtfArray((int)U32(tail), (int)U32(tail + 4), U32(tail + 8)),
            BtfKind.Struct or BtfKind.Union => new BtfComposite(kind, name, Size(sizeOrType), DecodeMembers(tail, entries, flag)),
            BtfKind.Enum or BtfKind.Enum64 => new BtfEnum(kind, name, Size(sizeOrType), flag, DecodeEnumerators(kind, tail, entries, flag)),
            BtfKind.Forward => new BtfForward(name, flag),
            BtfKind.Typedef or BtfKind.Const or BtfKind.Volatile or BtfKind.Restrict or BtfKind.TypeTag =>
                new BtfModifier(kind, name, (int)sizeOrType),
            BtfKind.Function => new BtfFunction(name, (int)sizeOrType, (BtfLinkage)entries),
            BtfKind.Prototype => new BtfPrototype((int)sizeOrType, DecodeParameters(tail, entries)),
            BtfKind.Variable => new BtfVariable(name, (int)sizeOrType, (BtfLinkage)U32(tail)),
            BtfKind.DataSection => new BtfDataSection(name, Size(sizeOrType), DecodeVariables(tail, entries)),
            BtfKind.Float => new BtfFloat(name, Size(sizeOrType)),
            BtfKind.DeclarationTag => new BtfDeclarationTag(name, (int)sizeOrType, (int)U32(tail)),
            _ => throw _types.Error(offset, $"kind {(int)kind} is not known"),
        };
    }

    private int Size(uint size) =>
        size <= int.MaxValue ? (int)size : throw Error($"a type of {size} bytes is larger than any program can use");

    private BtfInt DecodeInt(string name, uint size, uint data)
    {
        int bits = (int)(data & 0xff);
        int bitOffset = (int)((data >> 16) & 0xff);
        if (size is 0 or > 16 || bits + bitOffset > size * 8)
            throw Error($"integer '{name}' has {bits} bits from bit {bitOffset} in {size} bytes");
        return new BtfInt(name, (int)size, bits, bitOffset, (BtfIntEncoding)((data >> 24) & 0x0f));
    }

    private ImmutableArray<BtfMember> DecodeMembers(int at, int count, bool withBitSizes)
    {
        ImmutableArray<BtfMember>.Builder members = ImmutableArray.CreateBuilder<BtfMember>(count);
        for (; count > 0; count--, at += 12)
        {
            uint place = U32(at + 8);
            members.Add(withBitSizes
                ? new BtfMember(Text(U32(at)), (int)U32(at + 4), place & 0xffffff, (int)(place >> 24))
                : new BtfMember(Text(U32(at)), (int)U32(at + 4), place, 0));
        }
        return members.MoveToImmutable();
    }

    private ImmutableArray<BtfEnumerator> DecodeEnumerators(BtfKind kind, int at, int count, bool signed)
    {
        ImmutableArray<BtfEnumerator>.Builder values = ImmutableArray.CreateBuilder<BtfEnumerator>(count);
        for (; count > 0; count--)
        {
            uint low = U32(at + 4);
            long value = kind == BtfKind.Enum64 ? (long)(((ulong)U32(at + 8) << 32) | low) : signed ? (int)low : low;
            values.Add(new BtfEnumerator(Text(U32(at)), value));
            at += kind == BtfKind.Enum64 ? 12 : 8;
        }
        return values.MoveToImmutable();
    }

    private ImmutableArray<BtfParameter> DecodeParameters(int at, int count)
    {
        ImmutableArray<BtfParameter>.Builder parameters = ImmutableArray.CreateBuilder<BtfParameter>(count);
        for (; count > 0; count--, at += 8)
            parameters.Add(new BtfParameter(Text(U32(at)), (int)U32(at + 4)));
        return parameters.MoveToImmutable();
    }

    private ImmutableArray<BtfSectionVariable> DecodeVariables(int at, int count)
    {
        ImmutableArray<BtfSectionVariable>.Builder variables = ImmutableArray.CreateBuilder<BtfSectionVariable>(count);
        for (; count > 0; count--, at += 12)
            variables.Add(new BtfSectionVariable((int)U32(at), U32(at + 4), U32(at + 8)));
        return variables.MoveToImmutable();
    }
}
