namespace Headrace.Verifier;

/// <summary>Tells whether what was found safe from one state need not be looked at again from another.</summary>
internal sealed class StateComparison(ushort[] live)
{
    private readonly IdPairs _ids = new();

    /// <summary>Compares two states at one instruction.</summary>
    /// <param name="old">The one whose paths were walked.</param>
    /// <param name="current">The one that arrives.</param>
    /// <param name="slot">The instruction.</param>
    /// <param name="exactness">How closely.</param>
    /// <param name="lastId">Highest id in use.</param>
    public bool IsCovered(VerifierState old, VerifierState current, int slot, Exactness exactness, int lastId)
    {
        if (old.CurrentFrame != current.CurrentFrame)
            return false;
        _ids.Clear(lastId);
        if (!References(old, current))
            return false;
        for (int i = 0; i <= old.CurrentFrame; i++)
        {
            FunctionState a = old.Frames[i]!, b = current.Frames[i]!;
            if (a.CallSite != b.CallSite || a.Subprogram != b.Subprogram)
                return false;
            int at = i == old.CurrentFrame ? slot : old.Frames[i + 1]!.CallSite;
            if (a.CallbackDepth > b.CallbackDepth || a.InCallback != b.InCallback || a.InAsyncCallback != b.InAsyncCallback)
                return false;
            if (!Registers(a, b, exactness == Exactness.Exact ? 0x7ff : live[at] | (1 << 10), exactness) || !Stack(a, b, exactness))
                return false;
        }
        return true;
    }

    /// <summary>True when the running frames hold the same to the letter, ids included: only then may a loop be endless.</summary>
    public static bool HasSameRegisters(VerifierState old, VerifierState current)
    {
        if (old.CurrentFrame != current.CurrentFrame)
            return false;
        for (int i = 0; i < old.Current.Registers.Length; i++)
        {
            ref RegisterState a = ref old.Current.Registers[i], b = ref current.Current.Registers[i];
            if (a.Id != b.Id || a.ReferenceId != b.ReferenceId || !SameValues(a, b))
                return false;
        }
        return true;
    }

    private bool References(VerifierState old, VerifierState current)
    {
        if (old.References.Count != current.References.Count || old.ActiveLocks != current.ActiveLocks
            || old.ActiveRcuLock != current.ActiveRcuLock || old.ActivePreemptLocks != current.ActivePreemptLocks)
        {
            return false;
        }
        for (int i = 0; i < old.References.Count; i++)
        {
            Reference a = old.References[i], b = current.References[i];
            if (a.Kind != b.Kind || !ReferenceEquals(a.Owner, b.Owner) || !_ids.Match(a.Id, b.Id))
                return false;
        }
        return true;
    }

    private bool Registers(FunctionState old, FunctionState current, int mask, Exactness exactness)
    {
        for (int i = 0; i < old.Registers.Length; i++)
        {
            if ((mask & (1 << i)) != 0 && !Register(old.Registers[i], current.Registers[i], exactness))
                return false;
        }
        return true;
    }

    private bool Register(in RegisterState old, in RegisterState current, Exactness exactness)
    {
        if (exactness == Exactness.Exact)
            return Same(old, current);
        if (old.Kind == RegisterKind.NotInitialized)
            return exactness == Exactness.Sufficient || current.Kind == RegisterKind.NotInitialized;
        if (old.Kind != current.Kind || old.Flags != current.Flags)
            return false;
        switch (old.Kind)
        {
            case RegisterKind.Scalar:
                if (!old.Precise && exactness == Exactness.Sufficient)
                    return true;
                if (old.Id != 0 && (old.Link != current.Link || (old.Link != LinkKind.Equal && old.Offset != current.Offset)))
                    return false;
                return Within(old, current) && _ids.MatchScalars(old.Id, current.Id);
            case RegisterKind.MapKey or RegisterKind.MapValue or RegisterKind.Memory or RegisterKind.Buffer or RegisterKind.TracepointBuffer:
                return SameFixed(old, current) && Within(old, current) && _ids.Match(old.Id, current.Id) && _ids.Match(old.ReferenceId, current.ReferenceId);
            case RegisterKind.Packet or RegisterKind.PacketMeta:
                bool enough = old.Range < 0 || current.Range < 0 ? old.Range == current.Range : old.Range <= current.Range;
                return enough && old.Offset == current.Offset && _ids.Match(old.Id, current.Id) && Within(old, current);
            default:
                return Same(old, current);
        }
    }

    private static bool SameFixed(in RegisterState old, in RegisterState current) =>
        old.Offset == current.Offset && ReferenceEquals(old.Map, current.Map) && old.MapUid == current.MapUid && old.Detail == current.Detail;

    private bool Same(in RegisterState old, in RegisterState current) =>
        SameValues(old, current) && old.FrameNumber == current.FrameNumber && _ids.Match(old.Id, current.Id) && _ids.Match(old.ReferenceId, current.ReferenceId);

    private static bool SameValues(in RegisterState old, in RegisterState current) =>
        old.Kind == current.Kind && old.Flags == current.Flags && SameFixed(old, current) && old.Range == current.Range
        && old.Link == current.Link && old.DynptrKind == current.DynptrKind && old.DynptrFirst == current.DynptrFirst
        && old.Var == current.Var && old.SMin == current.SMin && old.SMax == current.SMax && old.UMin == current.UMin && old.UMax == current.UMax
        && old.S32Min == current.S32Min && old.S32Max == current.S32Max && old.U32Min == current.U32Min && old.U32Max == current.U32Max;

    private static bool Within(in RegisterState old, in RegisterState current) =>
        old.UMin <= current.UMin && old.UMax >= current.UMax && old.SMin <= current.SMin && old.SMax >= current.SMax
        && old.U32Min <= current.U32Min && old.U32Max >= current.U32Max && old.S32Min <= current.S32Min && old.S32Max >= current.S32Max
        && old.Var.Contains(current.Var);

    private bool Stack(FunctionState old, FunctionState current, Exactness exactness)
    {
        for (int i = 0; i < old.StackSlots; i++)
        {
            bool missing = i >= current.StackSlots;
            StackSlot none = default;
            ref StackSlot a = ref old.Stack[i];
            ref StackSlot b = ref missing ? ref none : ref current.Stack[i];
            if (!Slot(a, b, missing, exactness))
                return false;
        }
        return true;
    }

    private bool Slot(in StackSlot old, in StackSlot current, bool missing, Exactness exactness)
    {
        if (exactness == Exactness.Exact && (missing || old.Kinds != current.Kinds))
            return false;
        if (old.Kinds == 0)
            return true;
        if (exactness != Exactness.Exact && ScalarOf(old, out RegisterState a) && ScalarOf(current, out RegisterState b) && !missing && old[0] != SlotKind.Misc)
            return Register(a, b, exactness);
        for (int i = 7; i >= 0; i--)
        {
            SlotKind x = old[i], y = current[i];
            // Bytes that hold any number, or none, say nothing.
            if (exactness != Exactness.Exact && (x is SlotKind.Invalid or SlotKind.Misc))
                continue;
            if (missing || x != y)
                return false;
        }
        if (old[0] is SlotKind.Spill)
            return Register(old.Spilled, current.Spilled, exactness);
        if (old[0] is SlotKind.Dynptr or SlotKind.Iterator or SlotKind.IrqFlag)
        {
            return old.Spilled.DynptrKind == current.Spilled.DynptrKind && old.Spilled.DynptrFirst == current.Spilled.DynptrFirst
                && _ids.Match(old.Spilled.Id, current.Spilled.Id) && _ids.Match(old.Spilled.ReferenceId, current.Spilled.ReferenceId)
                && old.Spilled.Detail == current.Spilled.Detail && old.Spilled.Flags == current.Spilled.Flags;
        }
        return true;
    }

    // Eight bytes that hold one number: a spilled one, or any.
    private static bool ScalarOf(in StackSlot slot, out RegisterState scalar)
    {
        if (slot.Kinds == StackSlot.All(SlotKind.Spill) && slot.Spilled.Kind == RegisterKind.Scalar)
        {
            scalar = slot.Spilled;
            return true;
        }
        bool anything = true;
        for (int i = 0; i < 8 && anything; i++)
            anything = slot[i] is SlotKind.Misc or SlotKind.Invalid;
        scalar = anything ? RegisterState.UnknownScalar() : default;
        return anything;
    }
}
