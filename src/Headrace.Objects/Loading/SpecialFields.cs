namespace Headrace.Objects;

/// <summary>Finds what the kernel manages inside a map's value: spin locks, timers, kernel pointers, by the types of its members.</summary>
internal static class SpecialFields
{
    private const int MaxDepth = 4; // MAX_RESOLVE_DEPTH of the kernel is larger, nested special fields are not found deeper than this
    private const int MaxFields = 11; // BTF_FIELDS_MAX, include/linux/btf.h

    /// <summary>The special fields of a value, ordered by offset.</summary>
    /// <param name="types">The types.</param>
    /// <param name="valueType">The value's type; 0 when it has none.</param>
    /// <param name="valueSize">Bytes of the value: fields that end beyond are left out.</param>
    public static IEnumerable<MapFieldSpec> Of(Btf types, int valueType, uint valueSize)
    {
        var found = new List<MapFieldSpec>();
        if (valueType != 0)
            Collect(types, valueType, 0, MaxDepth, found);
        return found.Where(field => field.Offset >= 0 && (ulong)field.Offset + (ulong)field.Size <= valueSize).OrderBy(field => field.Offset);
    }

    private static void Collect(Btf types, int type, long start, int depth, List<MapFieldSpec> found)
    {
        if (types[types.SkipModifiers(type)] is not BtfComposite { Kind: BtfKind.Struct } value || depth == 0)
            return;
        foreach (BtfMember member in value.Members)
        {
            if (found.Count >= MaxFields)
                return;
            long offset = start + member.BitOffset / 8;
            if (offset > int.MaxValue)
                return;
            if (KindOf(types, member.TypeId) is var (kind, size))
                found.Add(new MapFieldSpec(kind, (int)offset, size));
            else
                Collect(types, member.TypeId, offset, depth - 1, found);
        }
    }

    private static (MapFieldKind Kind, int Size)? KindOf(Btf types, int type) => types[types.SkipModifiers(type)] switch
    {
        BtfComposite { Name: "bpf_spin_lock" or "bpf_res_spin_lock", Size: 4 } => (MapFieldKind.SpinLock, 4),
        BtfComposite { Name: "bpf_timer", Size: 16 } => (MapFieldKind.Timer, 16),
        BtfComposite { Name: "bpf_wq", Size: 16 } => (MapFieldKind.WorkQueue, 16),
        BtfComposite { Name: "bpf_list_head" or "bpf_list_node" or "bpf_rb_root" or "bpf_rb_node" or "bpf_refcount", Size: > 0 } other => (MapFieldKind.Other, other.Size),
        BtfPointer pointer when IsKernelPointer(types, pointer.TypeId) => (MapFieldKind.KernelPointer, sizeof(ulong)),
        _ => null,
    };

    private static bool IsKernelPointer(Btf types, int type) =>
        type != 0 && types[type] is BtfModifier { Kind: BtfKind.TypeTag, Name: "kptr" or "kptr_untrusted" or "percpu_kptr" };
}
