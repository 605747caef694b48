using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Headrace.Objects;

namespace Headrace.Linux;

/// <summary>The global variables of a loaded collection by name.</summary>
public sealed class KernelVariables : IReadOnlyCollection<KernelVariable>, IDisposable
{
    private readonly KernelCollection _collection;
    private readonly Dictionary<string, KernelVariable> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<MapSpec, SectionMemory> _sections = [];

    internal KernelVariables(KernelCollection collection) => _collection = collection;

    /// <summary>Number of variables.</summary>
    public int Count => _collection.Spec.Variables.Count;

    /// <summary>A variable.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public KernelVariable this[string name] => TryGet(name, out KernelVariable? variable)
        ? variable
        : throw new KeyNotFoundException($"{_collection.Spec.Source} has no variable '{name}'");

    /// <summary>Finds a variable.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out KernelVariable? variable)
    {
        if (_known.TryGetValue(name, out variable))
            return true;
        if (_collection.Spec.Variables.FirstOrDefault(one => one.Name == name) is not { } spec)
            return false;
        if (!_sections.TryGetValue(spec.Map, out SectionMemory? section))
            _sections.Add(spec.Map, section = new SectionMemory(_collection.Maps[spec.Map.Name]));
        variable = new KernelVariable(spec, section);
        _known.Add(name, variable);
        return true;
    }

    /// <inheritdoc/>
    public IEnumerator<KernelVariable> GetEnumerator() => _collection.Spec.Variables.Select(spec => this[spec.Name]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Unmaps what was mapped; the collection does it.</summary>
    public void Dispose()
    {
        foreach (SectionMemory section in _sections.Values)
            section.Dispose();
    }
}
