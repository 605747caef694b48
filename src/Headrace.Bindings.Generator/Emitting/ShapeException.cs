namespace Headrace.Bindings.Emitting;

/// <summary>A description that no tool writes: a type that is not there, or that contains itself.</summary>
internal sealed class ShapeException(string message) : Exception(message);
