namespace Headrace.Verifier;

/// <summary>Joins what two paths know of a value.</summary>
internal static class ValueJoin
{
    /// <summary>A reference that is one of several.</summary>
    public const int SomeReference = -1;

    /// <summary>What holds on both paths.</summary>
    public static RegisterState Join(in RegisterState a, in RegisterState b)
    {
        if (a.Kind == RegisterKind.NotInitialized || b.Kind == RegisterKind.NotInitialized)
            return default;
        if (a.Kind != b.Kind)
            return a.IsZero ? OrNull(b) : b.IsZero ? OrNull(a) : default;
        RegisterState joined = a;
        if (a.Kind != RegisterKind.Scalar && !JoinPointer(ref joined, b))
            return default;
        joined.Id = a.Id == b.Id ? a.Id : 0;
        Union(ref joined, b);
        return joined;
    }

    /// <summary>True when both know the same.</summary>
    public static bool Same(in RegisterState a, in RegisterState b) =>
        a.Kind == b.Kind && (a.Kind == RegisterKind.NotInitialized
            || (a.Var == b.Var && a.SMin == b.SMin && a.SMax == b.SMax && a.UMin == b.UMin && a.UMax == b.UMax
                && a.S32Min == b.S32Min && a.S32Max == b.S32Max && a.U32Min == b.U32Min && a.U32Max == b.U32Max
                && a.Flags == b.Flags && a.FrameNumber == b.FrameNumber && a.Detail == b.Detail && a.Id == b.Id
                && a.ReferenceId == b.ReferenceId && ReferenceEquals(a.Map, b.Map)));

    private static bool JoinPointer(ref RegisterState joined, in RegisterState other)
    {
        const RegisterFlags Nullable = RegisterFlags.MayBeNull;
        if ((joined.Flags & ~Nullable) != (other.Flags & ~Nullable))
            return false;
        joined.Flags |= other.Flags & Nullable;
        if (joined.FrameNumber != other.FrameNumber)
            joined.FrameNumber = FactState.UnknownFrame;
        if (joined.Detail != other.Detail)
            joined.Detail = joined.Kind == RegisterKind.Memory ? Math.Min(joined.Detail, other.Detail) : -1;
        if (joined.ReferenceId != other.ReferenceId)
            joined.ReferenceId = SomeReference;
        if (!ReferenceEquals(joined.Map, other.Map))
            joined.Map = null;
        return true;
    }

    private static RegisterState OrNull(in RegisterState pointer)
    {
        if (pointer.Kind == RegisterKind.Scalar)
            return default;
        RegisterState either = pointer;
        either.Flags |= RegisterFlags.MayBeNull;
        either.Id = 0;
        return either;
    }

    private static void Union(ref RegisterState a, in RegisterState b)
    {
        a.Var = a.Var.Union(b.Var);
        a.SMin = Math.Min(a.SMin, b.SMin);
        a.SMax = Math.Max(a.SMax, b.SMax);
        a.UMin = Math.Min(a.UMin, b.UMin);
        a.UMax = Math.Max(a.UMax, b.UMax);
        a.S32Min = Math.Min(a.S32Min, b.S32Min);
        a.S32Max = Math.Max(a.S32Max, b.S32Max);
        a.U32Min = Math.Min(a.U32Min, b.U32Min);
        a.U32Max = Math.Max(a.U32Max, b.U32Max);
    }
}
