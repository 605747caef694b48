namespace Headrace.Bindings.Shapes;

/// <summary>A map that is no data section.</summary>
/// <param name="Name">Its name in C.</param>
/// <param name="Type">Name of its <c>MapType</c>.</param>
/// <param name="KeySize">Bytes of a key; 0 for maps without keys.</param>
/// <param name="ValueSize">Bytes of a value (one processor's).</param>
/// <param name="Key">Type of the key; null when the object does not tell it.</param>
/// <param name="Value">Type of the value; null when the object does not tell it.</param>
internal sealed record MapShape(string Name, string Type, long KeySize, long ValueSize, TypeReference? Key, TypeReference? Value);
