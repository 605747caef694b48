namespace Headrace.Objects;

/// <summary>A function starts here.</summary>
/// <param name="Offset">Byte inside the section.</param>
/// <param name="TypeId">Its BTF function.</param>
internal readonly record struct BtfFunctionRecord(uint Offset, uint TypeId);
