namespace Headrace.Objects.Core;

/// <summary>Says whether a type of the object and one of the target may stand for each other.</summary>
internal sealed class CoreComparison(Btf local, Btf target, BtfBudget budget)
{
    public BtfBudget Budget { get; } = budget;

    /// <summary>True when kinds are the same; enums of either size count as one kind.</summary>
    public static bool KindsAreCompatible(BtfKind a, BtfKind b) =>
        a == b || (a is BtfKind.Enum or BtfKind.Enum64 && b is BtfKind.Enum or BtfKind.Enum64);

    /// <summary>Loose comparison of a field's types: sizes may differ, structs may be anything.</summary>
    public bool FieldsAreCompatible(int localId, int targetId)
    {
        for (int depth = 0; depth < Btf.MaxDepth; depth++)
        {
            BtfType a = local[local.SkipModifiers(localId)];
            BtfType b = target[target.SkipModifiers(targetId)];
            if (a.IsComposite && b.IsComposite)
                return true;
            if (!KindsAreCompatible(a.Kind, b.Kind))
                return false;
            switch (a)
            {
                case BtfPointer or BtfFloat:
                    return true;
                case BtfForward or BtfEnum:
                    string name = CoreNames.Essential(a.Name);
                    string other = CoreNames.Essential(b.Name);
                    return name.Length == 0 || other.Length == 0 || name == other;
                case BtfInt number:
                    return number.BitOffset == 0 && ((BtfInt)b).BitOffset == 0;
                case BtfArray array:
                    localId = array.ElementTypeId;
                    targetId = b.Target;
                    break;
                default:
                    return false;
            }
        }
        throw local.Error($"arrays are nested more than {Btf.MaxDepth} deep at type {localId}");
    }

    /// <summary>Comparison of types that have the same name: the same kind, and the same shape behind pointers, arrays and functions.</summary>
    public bool TypesAreCompatible(int localId, int targetId)
    {
        if (!KindsAreCompatible(local.KindOf(localId), target.KindOf(targetId)))
            return false;
        return AreCompatible(localId, targetId);
    }

    private bool AreCompatible(int localId, int targetId)
    {
        Budget.Enter();
        BtfType a = local[local.SkipModifiers(localId)];
        BtfType b = target[target.SkipModifiers(targetId)];
        bool result = KindsAreCompatible(a.Kind, b.Kind) && a switch
        {
            BtfVoid or BtfComposite or BtfEnum or BtfForward or BtfFloat => true,
            BtfInt number => number.BitOffset == 0 && ((BtfInt)b).BitOffset == 0,
            BtfPointer or BtfArray => AreCompatible(a.Target, b.Target),
            BtfPrototype function => PrototypesAgree(function, (BtfPrototype)b, AreCompatible),
            _ => false,
        };
        Budget.Leave();
        return result;
    }

    /// <summary>Strict comparison: names, every member and constant of the object's type, sizes and signs of integers.</summary>
    public bool TypesMatch(int localId, int targetId, bool behindPointer)
    {
        Budget.Enter();
        BtfType a = local[local.SkipModifiers(localId)];
        BtfType b = target[target.SkipModifiers(targetId)];
        bool result = CoreNames.Match(a.Name, b.Name) && a switch
        {
            BtfVoid => b is BtfVoid,
            BtfForward forward => ForwardMatches(forward.IsUnion, b, behindPointer),
            BtfEnum @enum => b is BtfEnum other && EnumsMatch(@enum, other),
            BtfComposite composite when behindPointer => b is BtfForward forward
                ? (composite.Kind == BtfKind.Union) == forward.IsUnion
                : b.Kind == composite.Kind,
            BtfComposite composite => b is BtfComposite other && other.Kind == composite.Kind && MembersMatch(composite, other),
            BtfInt number => b is BtfInt other && number.Bits == other.Bits && number.IsSigned == other.IsSigned,
            BtfPointer pointer => b is BtfPointer other && TypesMatch(pointer.TypeId, other.TypeId, behindPointer: true),
            BtfArray array => b is BtfArray other && array.Count == other.Count && TypesMatch(array.ElementTypeId, other.ElementTypeId, behindPointer),
            BtfPrototype function => b is BtfPrototype other && PrototypesAgree(function, other, (x, y) => TypesMatch(x, y, behindPointer)),
            BtfFloat number => b is BtfFloat other && number.Size == other.Size,
            _ => false,
        };
        Budget.Leave();
        return result;
    }

    private static bool ForwardMatches(bool isUnion, BtfType b, bool behindPointer) => b switch
    {
        BtfForward other => isUnion == other.IsUnion,
        BtfComposite composite => behindPointer && isUnion == (composite.Kind == BtfKind.Union),
        _ => false,
    };

    private bool EnumsMatch(BtfEnum a, BtfEnum b)
    {
        if (a.Size != b.Size || a.Values.Length > b.Values.Length)
            return false;
        Budget.Spend(a.Values.Length + b.Values.Length);
        HashSet<string> names = [.. b.Values.Select(value => CoreNames.Essential(value.Name))];
        return a.Values.All(value => names.Contains(CoreNames.Essential(value.Name)));
    }

    private bool MembersMatch(BtfComposite a, BtfComposite b)
    {
        if (a.Members.Length > b.Members.Length)
            return false;
        foreach (BtfMember member in a.Members)
        {
            bool found = false;
            foreach (BtfMember other in b.Members)
            {
                Budget.Spend(1);
                found = CoreNames.Match(member.Name, other.Name) && TypesMatch(member.TypeId, other.TypeId, behindPointer: false);
                if (found)
                    break;
            }
            if (!found)
                return false;
        }
        return true;
    }

    private static bool PrototypesAgree(BtfPrototype a, BtfPrototype b, Func<int, int, bool> agree)
    {
        if (a.Parameters.Length != b.Parameters.Length)
            return false;
        for (int i = 0; i < a.Parameters.Length; i++)
        {
            if (!agree(a.Parameters[i].TypeId, b.Parameters[i].TypeId))
                return false;
        }
        return agree(a.ReturnTypeId, b.ReturnTypeId);
    }
}
