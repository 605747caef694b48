using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Dataflow;

/// <summary>What the graph knows of a map.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="KeySize">Bytes of a key.</param>
/// <param name="ValueSize">Bytes of a value.</param>
/// <param name="MaxEntries">Elements it can hold.</param>
/// <param name="SameAs">Index of the map before it that it is, given under a second name; -1 when it is none of them.</param>
public sealed record GraphMap(string Name, MapType Type, int KeySize, int ValueSize, uint MaxEntries, int SameAs = -1)
{
    /// <summary>From what an object says of it.</summary>
    public static GraphMap Of(MapSpec spec) => new(spec.Name, spec.Type, (int)spec.KeySize, (int)spec.ValueSize, spec.MaxEntries);
}
