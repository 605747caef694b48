using System.Collections.ObjectModel;

namespace Headrace.Objects;

/// <summary>The programs of an object, by name and in the order of the file.</summary>
public sealed class ProgramSpecCollection : KeyedCollection<string, ProgramSpec>
{
    /// <inheritdoc/>
    protected override string GetKeyForItem(ProgramSpec item) => item.Name;
}
