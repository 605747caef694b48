using System.Buffers.Binary;

namespace Headrace.Objects.Tests;

/// <summary>Damages a file: bits, bytes, cuts, copied parts, and numbers in the places where tables keep them.</summary>
internal sealed class Mutator(Random random)
{
    private static readonly uint[] s_numbers =
    [
        0, 1, 2, 3, 7, 8, 16, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0xffffff, 0x1000000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff,
    ];

    public byte[] Mutate(byte[] original)
    {
        byte[] bytes = (byte[])original.Clone();
        for (int changes = 1 + random.Next(3); changes > 0; changes--)
        {
            switch (random.Next(8))
            {
                case 0:
                    for (int flips = 1 + random.Next(8); flips > 0; flips--)
                        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when random.Next(4) == 0:
                    bytes = bytes[..random.Next(1, bytes.Length + 1)];
                    break;
                case 2:
                    random.NextBytes(Part(bytes, 16));
                    break;
                case 3:
                    Span<byte> to = Part(bytes, 256);
                    bytes.AsSpan(random.Next(bytes.Length - to.Length + 1), to.Length).CopyTo(to);
                    break;
                case 4:
                    Part(bytes, 64).Fill((byte)(random.Next(2) * 0xff));
                    break;
                default:
                    PutNumber(bytes, Interesting(bytes));
                    break;
            }
        }
        return bytes;
    }

    private Span<byte> Part(byte[] bytes, int most)
    {
        int length = random.Next(1, Math.Min(most, bytes.Length) + 1);
        return bytes.AsSpan(random.Next(bytes.Length - length + 1), length);
    }

    private void PutNumber(byte[] bytes, int offset)
    {
        if (offset < 0 || offset + 8 > bytes.Length)
            return;
        Span<byte> place = bytes.AsSpan(offset);
        uint value = random.Next(3) switch
        {
            0 => (uint)(bytes.Length - 4 + random.Next(8)),
            1 => BinaryPrimitives.ReadUInt32LittleEndian(place) + (uint)random.Next(-9, 10),
            _ => s_numbers[random.Next(s_numbers.Length)],
        };
        switch (random.Next(4))
        {
            case 0:
                place[0] = (byte)value;
                break;
            case 1:
                BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)value);
                break;
            case 2:
                BinaryPrimitives.WriteUInt64LittleEndian(place, (ulong)value * (uint)random.Next(1, 4));
                break;
            default:
                BinaryPrimitives.WriteUInt32LittleEndian(place, value);
                break;
        }
    }

    /// <summary>A place where a number stands that a reader trusts: the header, the section table, or a word of a section that is a table.</summary>
    private int Interesting(byte[] bytes)
    {
        if (bytes.Length < 64 || bytes[0] != 0x7f)
            return random.Next(2) == 0 ? random.Next(0, 6) * 4 : random.Next(0, Math.Max(bytes.Length / 4, 1)) * 4;
        long table = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(40));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(60));
        if (table <= 0 || table > bytes.Length || count == 0 || table + (count * 64L) > bytes.Length || random.Next(8) == 0)
            return random.Next(0, 60);
        int section = (int)table + (random.Next(count) * 64);
        if (random.Next(2) == 0)
            return section + (random.Next(16) * 4);
        long offset = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(section + 24));
        long size = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(section + 32));
        return size > 4 && offset >= 0 && offset < bytes.Length && size < bytes.Length
            ? (int)offset + (random.Next((int)Math.Min(random.Next(2) == 0 ? 64 : size, size) / 4) * 4)
            : random.Next(bytes.Length);
    }
}
