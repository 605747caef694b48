namespace Headrace.Objects;

/// <summary>BTF in short.</summary>
/// <param name="Bytes">Size of the blob.</param>
/// <param name="Count">Number of types.</param>
/// <param name="Kinds">How many there are of each kind, by name of the kind.</param>
public sealed record TypesSummary(int Bytes, int Count, IReadOnlyDictionary<string, int> Kinds)
{
    /// <summary>Summarises the types of a blob, without those of its base.</summary>
    public static TypesSummary Of(Btf types)
    {
        SortedDictionary<BtfKind, int> kinds = [];
        for (int id = types.FirstOwnId; id < types.Count; id++)
        {
            BtfKind kind = types.KindOf(id);
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
        }
        return new TypesSummary(types.Raw.Length, types.Count - types.FirstOwnId, kinds.ToDictionary(pair => KernelWords.Snake(pair.Key.ToString()), pair => pair.Value));
    }
}
