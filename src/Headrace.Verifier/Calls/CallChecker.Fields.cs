using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

internal sealed partial class CallChecker
{
    /// <summary>Checks that a map value's pointer leads to the special field of a kind.</summary>
    private void CheckField(Register register, MapFieldKind kind, string name)
    {
        ref RegisterState state = ref verifier[register];
        if (!state.Var.IsConst)
            throw verifier.Reject($"R{(int)register} doesn't have constant offset. {name} has to be at the constant offset");
        MapSpec map = state.Map!;
        if (map.ValueTypeId == 0 && map.SpecialFields.Count == 0)
            throw verifier.Reject($"map '{map.KernelName}' has to have BTF in order to use {name}");
        MapFieldSpec field = map.SpecialFields.Find(field => field.Kind == kind)
            ?? throw verifier.Reject($"map '{map.KernelName}' has no valid {name}");
        long offset = (long)state.Var.Value + state.Offset;
        if (offset != field.Offset)
            throw verifier.Reject($"off {offset} doesn't point to 'struct {name}' that is at {field.Offset}");
    }

    private void CheckSpinLock(Register register, bool takes, int slot)
    {
        CheckField(register, MapFieldKind.SpinLock, "bpf_spin_lock");
        ref RegisterState state = ref verifier[register];
        VerifierState path = verifier.State;
        int held = path.References.FindLastIndex(reference => reference.Kind == ReferenceKind.Lock);
        if (takes)
        {
            if (held >= 0)
                throw verifier.Reject("Locking two bpf_spin_locks are not allowed");
            path.References.Add(new Reference(ReferenceKind.Lock, state.Id, slot, state.Map));
            path.ActiveLocks++;
            return;
        }
        if (held < 0)
            throw verifier.Reject("bpf_spin_unlock without taking a lock");
        if (path.References[held].Id != state.Id || path.References[held].Owner != state.Map)
            throw verifier.Reject("bpf_spin_unlock of different lock");
        path.References.RemoveAt(held);
        path.ActiveLocks--;
    }

    // Exchanging kernel pointers needs the kernel's own types: what can be said without them is said.
    private void CheckPointerSlot(Register register)
    {
        ref RegisterState state = ref verifier[register];
        MapSpec? map = state.Map;
        if (!state.Var.IsConst)
            throw verifier.Reject($"R{(int)register} doesn't have constant offset. kptr has to be at the constant offset");
        if (map is null || map.SpecialFields.TrueForAll(field => field.Kind != MapFieldKind.KernelPointer))
            throw verifier.Reject($"R{(int)register} has no valid kptr");
        long offset = state.Offset + (long)state.Var.Value;
        if (map.SpecialFields.TrueForAll(field => field.Kind != MapFieldKind.KernelPointer || field.Offset != offset))
            throw verifier.Reject($"off={offset} doesn't point to kptr", VerifierErrno.Access);
    }

    private void CheckConstantString(Register register)
    {
        ref RegisterState state = ref verifier[register];
        MapSpec map = state.Map!;
        if ((map.Flags & MapFlags.ReadOnlyProgram) == 0 || !map.Freeze)
            throw verifier.Reject($"R{(int)register} does not point to a readonly map'", VerifierErrno.Access);
        if (!state.Var.IsConst)
            throw verifier.Reject($"R{(int)register} is not a constant address'", VerifierErrno.Access);
        if (map is not { Type: MapType.Array, MaxEntries: 1 })
            throw verifier.Reject("no direct value access support for this map type", VerifierErrno.Access);
        verifier.CheckMapRegion(register, state.Offset, (int)map.ValueSize - state.Offset, zeroAllowed: false, MemoryAccess.Read);
        if (StringAt(state) is null)
            throw verifier.Reject("string is not zero-terminated");
    }

    /// <summary>The bytes of the zero-terminated string a pointer leads to, without the zero; null when it is not terminated.</summary>
    private static byte[]? StringAt(in RegisterState state)
    {
        byte[] value = MapContents.FirstValue(state.Map!);
        int start = state.Offset + (int)state.Var.Value;
        int end = Array.IndexOf(value, (byte)0, start);
        return end < 0 ? null : value[start..end];
    }

    private void CheckFormat()
    {
        ref RegisterState length = ref verifier[Register.R5];
        if (length.Var.Value % sizeof(ulong) != 0)
            throw new Rejection("", VerifierErrno.Invalid);
        int arguments = (int)(length.Var.Value / sizeof(ulong));
        if (!FormatRules.IsValid(StringAt(verifier[Register.R3])!, arguments))
            throw verifier.Reject("Invalid format string");
    }
}
