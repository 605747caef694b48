namespace Headrace.Objects.Core;

/// <summary>Finds in a target's types what a path of the object's types means there.</summary>
internal sealed class CoreMatcher(Btf local, Btf target)
{
    // For all relocations of an object together: thousands of them over a kernel's largest structs stay below a tenth of it.
    private long _steps = 1 << 26;

    /// <summary>The same way through a candidate of the target, or null where it does not lead.</summary>
    public CorePath? Match(CorePath path, CoreRelocationKind kind, int candidate)
    {
        var budget = new BtfBudget(target, _steps);
        try
        {
            return Match(path, kind, candidate, new CoreComparison(local, target, budget));
        }
        finally
        {
            _steps -= budget.Spent;
        }
    }

    private CorePath? Match(CorePath path, CoreRelocationKind kind, int candidate, CoreComparison comparison)
    {
        comparison.Budget.Spend(1);
        var found = new CorePath(target, candidate);
        bool matches = kind == CoreRelocationKind.TypeMatches ? comparison.TypesMatch(path.RootId, candidate, behindPointer: false)
            : CoreKinds.IsType(kind) ? comparison.TypesAreCompatible(path.RootId, candidate)
            : CoreKinds.IsEnumValue(kind) ? MatchConstant(path, found)
            : MatchField(path, found, comparison);
        return matches ? found : null;
    }

    private static bool MatchConstant(CorePath path, CorePath found)
    {
        int id = found.Types.SkipModifiers(found.RootId);
        if (found.Types[id] is not BtfEnum @enum)
            return false;
        string name = CoreNames.Essential(path.Last.Name!);
        for (int i = 0; i < @enum.Values.Length; i++)
        {
            if (CoreNames.Essential(@enum.Values[i].Name) == name)
            {
                found.Steps.Add(new CoreStep(id, i, @enum.Values[i].Name));
                return true;
            }
        }
        return false;
    }

    private bool MatchField(CorePath path, CorePath found, CoreComparison comparison)
    {
        int id = found.RootId;
        for (int i = 0; i < path.Steps.Count; i++)
        {
            CoreStep step = path.Steps[i];
            id = target.SkipModifiers(id);
            if (step.Name is not null)
            {
                if (!MatchMember(step, found, ref id, comparison))
                    return false;
                continue;
            }
            // The first step only says which element of a pointer's array is meant; the type is the element's already.
            if (i > 0)
            {
                if (target[id] is not BtfArray array || (step.Index >= array.Count && !found.EndsInFlexible(array)))
                    return false;
                id = target.SkipModifiers(array.ElementTypeId);
            }
            if (target.TrySizeOf(id) is not { } size)
                return false;
            found.Steps.Add(new CoreStep(id, step.Index, null));
            found.Advance(step.Index, size);
        }
        return true;
    }

    /// <summary>Looks for a member by name, also inside anonymous structs and unions.</summary>
    private bool MatchMember(CoreStep step, CorePath found, ref int id, CoreComparison comparison)
    {
        id = target.SkipModifiers(id);
        if (target[id] is not BtfComposite composite)
            return false;
        comparison.Budget.Enter();
        long start = found.BitOffset;
        for (int i = 0; i < composite.Members.Length; i++)
        {
            BtfMember member = composite.Members[i];
            comparison.Budget.Spend(1);
            found.BitOffset = start + member.BitOffset;
            int inner = member.TypeId;
            if (member.Name.Length == 0)
            {
                if (MatchMember(step, found, ref inner, comparison))
                {
                    id = inner;
                    comparison.Budget.Leave();
                    return true;
                }
            }
            else if (member.Name == step.Name)
            {
                found.Steps.Add(new CoreStep(id, i, member.Name));
                int localType = ((BtfComposite)local[step.TypeId]).Members[step.Index].TypeId;
                bool compatible = comparison.FieldsAreCompatible(localType, member.TypeId);
                id = member.TypeId;
                comparison.Budget.Leave();
                return compatible;
            }
        }
        found.BitOffset = start;
        comparison.Budget.Leave();
        return false;
    }
}
