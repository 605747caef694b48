using System.Buffers.Binary;

namespace Headrace.Objects;

/// <summary>Walks the records of a BTF blob: finds where each type stands and checks every reference once, without decoding.</summary>
internal readonly struct BtfScan(Region types, int[] offsets, int count, uint stringEnd)
{
    private const int RecordSize = 12;

    /// <summary>Where each type's record starts, first type first.</summary>
    public static int[] Offsets(Region types)
    {
        ReadOnlySpan<byte> bytes = types.Span;
        int[] offsets = new int[Math.Min(1024, bytes.Length / RecordSize)];
        int count = 0;
        int offset = 0;
        while (offset < bytes.Length)
        {
            if (bytes.Length - offset < RecordSize)
                throw types.Error(offset, $"type {count + 1} is cut off");
            uint info = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(offset + 4)..]);
            int tail = TailSize((BtfKind)((info >> 24) & 0x1f), (int)(info & 0xffff));
            if (tail < 0)
                throw types.Error(offset, $"type {count + 1} has kind {(info >> 24) & 0x1f}, which is not known (1 to 19 are): a newer reader is needed");
            if (tail > bytes.Length - offset - RecordSize)
                throw types.Error(offset, $"type {count + 1} is cut off");
            if (count == offsets.Length)
                Array.Resize(ref offsets, Math.Min(count * 2, bytes.Length / RecordSize));
            offsets[count++] = offset;
            offset += RecordSize + tail;
        }
        Array.Resize(ref offsets, count);
        return offsets;
    }

    /// <summary>Checks that every type and string that a record names exists.</summary>
    public void Check()
    {
        ReadOnlySpan<byte> bytes = types.Span;
        foreach (int offset in offsets)
        {
            uint info = Word(bytes, offset + 4);
            var kind = (BtfKind)((info >> 24) & 0x1f);
            int entries = (int)(info & 0xffff);
            CheckString(bytes, offset, offset);
            switch (kind)
            {
                case BtfKind.Array:
                    CheckType(bytes, offset + 12, offset);
                    CheckType(bytes, offset + 16, offset);
                    break;
                case BtfKind.Struct or BtfKind.Union:
                    for (int at = offset + 12; entries > 0; entries--, at += 12)
                    {
                        CheckString(bytes, at, offset);
                        CheckType(bytes, at + 4, offset);
                    }
                    break;
                case BtfKind.Enum:
                    for (int at = offset + 12; entries > 0; entries--, at += 8)
                        CheckString(bytes, at, offset);
                    break;
                case BtfKind.Enum64:
                    for (int at = offset + 12; entries > 0; entries--, at += 12)
                        CheckString(bytes, at, offset);
                    break;
                case BtfKind.Prototype:
                    CheckType(bytes, offset + 8, offset);
                    for (int at = offset + 12; entries > 0; entries--, at += 8)
                    {
                        CheckString(bytes, at, offset);
                        CheckType(bytes, at + 4, offset);
                    }
                    break;
                case BtfKind.DataSection:
                    for (int at = offset + 12; entries > 0; entries--, at += 12)
                        CheckType(bytes, at, offset);
                    break;
                case BtfKind.Int or BtfKind.Float or BtfKind.Forward:
                    break;
                default:
                    CheckType(bytes, offset + 8, offset);
                    break;
            }
        }
    }

    private static int TailSize(BtfKind kind, int entries) => kind switch
    {
        BtfKind.Int or BtfKind.Variable or BtfKind.DeclarationTag => 4,
        BtfKind.Array => 12,
        BtfKind.Struct or BtfKind.Union or BtfKind.DataSection or BtfKind.Enum64 => entries * 12,
        BtfKind.Enum or BtfKind.Prototype => entries * 8,
        BtfKind.Pointer or BtfKind.Forward or BtfKind.Typedef or BtfKind.Volatile or BtfKind.Const or BtfKind.Restrict or
            BtfKind.Function or BtfKind.Float or BtfKind.TypeTag => 0,
        _ => -1,
    };

    private void CheckType(ReadOnlySpan<byte> bytes, int at, int record)
    {
        if (Word(bytes, at) >= (uint)count)
            throw types.Error(record, $"the type here refers to type {Word(bytes, at)}, but there are {count - 1}");
    }

    private void CheckString(ReadOnlySpan<byte> bytes, int at, int record)
    {
        if (Word(bytes, at) >= stringEnd)
            throw types.Error(record, $"the type here has a name at {Word(bytes, at)}, but the names end at {stringEnd}");
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
