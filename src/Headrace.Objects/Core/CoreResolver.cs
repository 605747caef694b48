namespace Headrace.Objects.Core;

/// <summary>Answers CO-RE relocations against a target's types, as libbpf does.</summary>
internal sealed class CoreResolver(Btf local, Btf target)
{
    private const int MaxCandidates = 1 << 12;

    private readonly CoreMatcher _matcher = new(local, target);
    private readonly Dictionary<(CoreRelocationKind, int, string), CoreAnswer> _known = [];

    /// <exception cref="ObjectException">The relocation is damaged, or the target's types answer in several ways.</exception>
    public CoreAnswer Resolve(CoreRelocation relocation)
    {
        (CoreRelocationKind, int, string) key = (relocation.Kind, relocation.TypeId, relocation.Access);
        if (!_known.TryGetValue(key, out CoreAnswer answer))
            _known.Add(key, answer = Find(relocation));
        return answer;
    }

    private CoreAnswer Find(CoreRelocation relocation)
    {
        CorePath path = CorePath.Parse(local, relocation);
        CoreValue original = CoreQuestion.Answer(relocation.Kind, path)!.Value;
        if (relocation.Kind == CoreRelocationKind.TypeIdLocal)
            return new CoreAnswer(original, original, false, "");
        string name = local[relocation.TypeId].Name;
        if (name.Length == 0)
            throw local.Error($"type {relocation.TypeId} has no name to look for in {target.Source}");
        CorePath? found = null;
        CoreValue? value = null;
        bool anyCandidate = false;
        foreach (int candidate in Candidates(relocation.TypeId, name))
        {
            anyCandidate = true;
            if (_matcher.Match(path, relocation.Kind, candidate) is not { } match)
                continue;
            CoreValue? own = CoreQuestion.Answer(relocation.Kind, match);
            if (found is not null && (match.BitOffset != found.BitOffset || own?.Number != value?.Number))
                throw local.Error($"'{Describe(path)}' means two different things in {target.Source} (types {found.RootId} and {candidate})");
            found ??= match;
            value ??= own;
        }
        if (found is null)
            value = CoreQuestion.Answer(relocation.Kind, null);
        string reason = value is not null ? ""
            : anyCandidate ? $"'{Describe(path)}' does not exist in {target.Source}"
            : $"no type '{CoreNames.Essential(name)}' exists in {target.Source}";
        bool conflict = relocation.Kind == CoreRelocationKind.FieldByteOffset && value is { } resolved && SizesConflict(original, resolved);
        return new CoreAnswer(original, value, conflict, reason);
    }

    private IEnumerable<int> Candidates(int typeId, string name)
    {
        BtfKind kind = local.KindOf(typeId);
        int count = 0;
        foreach (int id in target.Candidates(name))
        {
            if (++count > MaxCandidates)
                throw target.Error($"more than {MaxCandidates} types are named '{name}'");
            if (CoreComparison.KindsAreCompatible(kind, target.KindOf(id)))
                yield return id;
        }
    }

    // Another size may only be loaded where the upper part is known to be zero: unsigned numbers, and pointers.
    private bool SizesConflict(CoreValue original, CoreValue resolved)
    {
        if (original.Size == resolved.Size)
            return false;
        BtfType a = local[original.TypeId];
        BtfType b = target[resolved.TypeId];
        return !((a is BtfPointer && b is BtfPointer) || (a is BtfInt { IsSigned: false } && b is BtfInt { IsSigned: false }));
    }

    private static string Describe(CorePath path)
    {
        string name = path.Types[path.RootId].Name;
        foreach (CoreStep step in path.Steps.Skip(path.Steps.Count > 0 && path.Steps[0] is { Name: null, Index: 0 } ? 1 : 0))
            name += step.Name is null ? $"[{step.Index}]" : $".{step.Name}";
        return name;
    }
}
