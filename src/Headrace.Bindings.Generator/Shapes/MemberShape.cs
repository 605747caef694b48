namespace Headrace.Bindings.Shapes;

/// <summary>A member of a struct or union, or a constant of an enum. Members of anonymous members stand in the outer type.</summary>
/// <param name="Name">Its name in C.</param>
/// <param name="BitOffset">Where it starts, in bits; for a constant, its value.</param>
/// <param name="BitSize">Width of a bit field; 0 for a plain member.</param>
/// <param name="Type">Its type; null for a constant.</param>
/// <param name="Declaration">How C declares it.</param>
internal sealed record MemberShape(string Name, long BitOffset, int BitSize, TypeReference? Type, string Declaration);
