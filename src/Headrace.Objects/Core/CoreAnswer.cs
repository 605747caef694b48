namespace Headrace.Objects.Core;

/// <summary>How an instruction is to be changed.</summary>
/// <param name="Original">What the object's own types say.</param>
/// <param name="Resolved">What the target's types say; null when they have no answer and the instruction must never run.</param>
/// <param name="SizesConflict">True when a memory access would need another size, and the field's types do not allow to change it.</param>
/// <param name="Reason">Why there is no answer.</param>
internal readonly record struct CoreAnswer(CoreValue Original, CoreValue? Resolved, bool SizesConflict, string Reason);
