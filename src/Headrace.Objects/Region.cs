using System.Buffers.Binary;

namespace Headrace.Objects;

/// <summary>A named part of a file. Every read is checked against its end, so that a wrong offset is an error with a place, never a crash.</summary>
internal readonly struct Region(string file, string name, ReadOnlyMemory<byte> memory)
{
    public string File { get; } = file;

    public string Name { get; } = name;

    public ReadOnlyMemory<byte> Memory { get; } = memory;

    public int Length => Memory.Length;

    public ReadOnlySpan<byte> Span => Memory.Span;

    public byte U8(long offset) => At(offset, 1)[0];

    public ushort U16(long offset) => BinaryPrimitives.ReadUInt16LittleEndian(At(offset, 2));

    public uint U32(long offset) => BinaryPrimitives.ReadUInt32LittleEndian(At(offset, 4));

    public ulong U64(long offset) => BinaryPrimitives.ReadUInt64LittleEndian(At(offset, 8));

    /// <summary>A part of this part; <paramref name="what"/> names it in errors.</summary>
    public Region Slice(ulong offset, ulong length, string what)
    {
        if (offset > (ulong)Length || length > (ulong)Length - offset)
            throw Error($"{what} ({length} bytes at byte {offset}) runs past the end at {Length}: the file is cut off or damaged");
        return new Region(File, what, Memory.Slice((int)offset, (int)length));
    }

    public ObjectException Error(string reason) => new(File, Name, reason);

    public ObjectException Error(long offset, string reason) => new(File, Name.Length == 0 ? $"byte {offset}" : $"{Name}, byte {offset}", reason);

    private ReadOnlySpan<byte> At(long offset, int size)
    {
        if ((ulong)offset > (ulong)Length || size > Length - offset)
            throw Error(offset, $"{size} bytes are read here, but there are only {Length}: the file is cut off or damaged");
        return Memory.Span.Slice((int)offset, size);
    }
}
