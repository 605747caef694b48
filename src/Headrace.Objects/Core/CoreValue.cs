namespace Headrace.Objects.Core;

/// <summary>What a relocation's question is answered with.</summary>
/// <param name="Number">The answer.</param>
/// <param name="Size">For a field's offset: the field's size in bytes.</param>
/// <param name="TypeId">For a field's offset: the field's type.</param>
/// <param name="IsChecked">True when the instruction must hold the object's own answer before it is changed.</param>
internal readonly record struct CoreValue(ulong Number, long Size = 0, int TypeId = 0, bool IsChecked = true);
