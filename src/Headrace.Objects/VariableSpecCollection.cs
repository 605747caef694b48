using System.Collections.ObjectModel;

namespace Headrace.Objects;

/// <summary>The global variables of an object, by name and in the order of its sections.</summary>
/// <remarks>Where two static variables share a name, the later ones are named <c>name@section+offset</c>.</remarks>
public sealed class VariableSpecCollection : KeyedCollection<string, VariableSpec>
{
    /// <inheritdoc/>
    protected override string GetKeyForItem(VariableSpec item) => item.Name;
}
