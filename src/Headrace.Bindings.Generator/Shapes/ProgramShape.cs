namespace Headrace.Bindings.Shapes;

/// <summary>A program.</summary>
/// <param name="Name">Its name in C.</param>
/// <param name="Type">Name of its <c>ProgramType</c>.</param>
internal sealed record ProgramShape(string Name, string Type);
