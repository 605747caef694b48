namespace Headrace.Objects;

/// <summary>A source line starts here.</summary>
/// <param name="Offset">Byte inside the section.</param>
/// <param name="File">File name, as an offset into the BTF strings.</param>
/// <param name="Text">The line, as an offset into the BTF strings.</param>
/// <param name="Place">Line in the upper 22 bits, column in the lower 10.</param>
internal readonly record struct BtfLineRecord(uint Offset, uint File, uint Text, uint Place)
{
    public int Line => (int)(Place >> 10);

    public int Column => (int)(Place & 0x3ff);
}
