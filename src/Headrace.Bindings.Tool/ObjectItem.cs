namespace Headrace.Bindings.Tool;

/// <summary>An object to describe.</summary>
/// <param name="File">Full path.</param>
/// <param name="Resource">Name of the resource that will hold its bytes.</param>
/// <param name="Contract">Path of its contract where the project says one, <c>none</c> for none, else empty.</param>
internal sealed record ObjectItem(string File, string Resource, string Contract);
