using Headrace.Bytecode;

namespace Headrace.Objects;

/// <summary>An instruction that depends on the layout of a type of the target (CO-RE: compile once, run everywhere).</summary>
/// <param name="Instruction">Slot in the linked program.</param>
/// <param name="Kind">What is asked.</param>
/// <param name="TypeId">The type in the object's own BTF that it starts from.</param>
/// <param name="Access">The way through the type: member, element or constant numbers with colons, such as <c>0:1:2</c>.</param>
/// <param name="Original">The instruction as compiled, for the object's own layout.</param>
public sealed record CoreRelocation(int Instruction, CoreRelocationKind Kind, int TypeId, string Access, Instruction Original);
