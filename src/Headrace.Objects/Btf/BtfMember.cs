namespace Headrace.Objects;

/// <summary>A member of a struct or union.</summary>
/// <param name="Name">Its name; empty for an anonymous struct or union, whose members count as the outer one's.</param>
/// <param name="TypeId">Its type.</param>
/// <param name="BitOffset">Where it starts, in bits.</param>
/// <param name="BitSize">Width of a bit field; 0 for a plain member.</param>
public readonly record struct BtfMember(string Name, int TypeId, uint BitOffset, int BitSize);
