using System.Collections.ObjectModel;

namespace Headrace.Objects;

/// <summary>The maps of an object, by name and by index. Indices are what <see cref="Bytecode.WideLoadKind.MapIndex"/> loads refer to.</summary>
public sealed class MapSpecCollection : KeyedCollection<string, MapSpec>
{
    /// <inheritdoc/>
    protected override string GetKeyForItem(MapSpec item) => item.Name;
}
