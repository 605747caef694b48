namespace Headrace.Bindings.Shapes;

/// <summary>Something that C# may rely on and that is no longer as it was.</summary>
/// <param name="Id">The diagnostic's id.</param>
/// <param name="Message">What changed, in words.</param>
internal sealed record ShapeChange(string Id, string Message);
