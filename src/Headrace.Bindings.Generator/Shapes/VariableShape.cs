namespace Headrace.Bindings.Shapes;

/// <summary>A global variable.</summary>
/// <param name="Name">Its name in C.</param>
/// <param name="Section">Its section, such as <c>.bss</c>.</param>
/// <param name="IsConstant">True when it keeps its value once loaded.</param>
/// <param name="Offset">First byte in the section.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Type">Its type; null when the object does not tell it.</param>
/// <param name="Declaration">How C declares it.</param>
internal sealed record VariableShape(string Name, string Section, bool IsConstant, long Offset, long Size, TypeReference? Type, string Declaration);
