namespace Headrace.Objects;

/// <summary>A CO-RE relocation of an instruction.</summary>
/// <param name="Offset">Byte inside the section.</param>
/// <param name="TypeId">The local type it starts from.</param>
/// <param name="Access">The way through the type, as an offset into the BTF strings: numbers with colons.</param>
/// <param name="Kind">What is asked (<see cref="CoreRelocationKind"/>).</param>
internal readonly record struct BtfRelocationRecord(uint Offset, uint TypeId, uint Access, uint Kind);
