namespace Headrace.Objects.Loading;

/// <summary>Finds the fields of a map's value that the kernel manages: locks, timers, kernel pointers, lists and trees.</summary>
/// <remarks>The kernel knows them by the names of their types (struct bpf_spin_lock, ...) and by type tags (__kptr); so does this.</remarks>
internal static class SpecialFieldReader
{
    // The kernel takes 11 (BTF_FIELDS_MAX, include/linux/btf.h); one more lets it say so itself.
    private const int MaxFields = 12;

    private const int MaxMembers = 4096;

    /// <summary>Fills <see cref="MapSpec.SpecialFields"/> from the value's type.</summary>
    public static void Fill(MapSpec map, Btf types)
    {
        if (map.ValueTypeId == 0)
            return;
        int budget = MaxMembers;
        if (types[types.SkipModifiers(map.ValueTypeId)] is BtfDataSection section)
        {
            foreach (BtfSectionVariable place in section.Variables)
            {
                if (types[place.TypeId] is BtfVariable variable)
                    Visit(variable.TypeId, place.Offset, 0, ref budget);
            }
        }
        else
        {
            Visit(map.ValueTypeId, 0, 0, ref budget);
        }

        void Visit(int type, long offset, int depth, ref int budget)
        {
            if (depth > Btf.MaxDepth || --budget < 0 || map.SpecialFields.Count == MaxFields)
                return;
            switch (types[types.SkipModifiers(type)])
            {
                case BtfComposite composite when KindOf(composite.Name) is { } kind:
                    Add(kind, offset, composite.Size);
                    break;
                case BtfComposite { Kind: BtfKind.Struct } composite:
                    foreach (BtfMember member in composite.Members)
                    {
                        if (member.BitSize == 0)
                            Visit(member.TypeId, offset + member.BitOffset / 8, depth + 1, ref budget);
                    }
                    break;
                case BtfArray array when types.TrySizeOf(array.ElementTypeId) is { } size:
                    for (uint i = 0; i < array.Count && budget > 0 && HoldsFields(array.ElementTypeId); i++)
                        Visit(array.ElementTypeId, offset + i * size, depth + 1, ref budget);
                    break;
                case BtfPointer pointer when types[pointer.TypeId] is BtfModifier { Kind: BtfKind.TypeTag, Name: "kptr" or "kptr_untrusted" or "percpu_kptr" }:
                    Add(MapFieldKind.KernelPointer, offset, sizeof(ulong));
                    break;
            }
        }

        // Only then is it worth going through an array element by element.
        bool HoldsFields(int element) => types[types.SkipModifiers(element)] is BtfComposite or BtfPointer or BtfArray;

        void Add(MapFieldKind kind, long offset, int size)
        {
            if (offset <= int.MaxValue)
                map.SpecialFields.Add(new MapFieldSpec(kind, (int)offset, size));
        }
    }

    private static MapFieldKind? KindOf(string name) => name switch
    {
        "bpf_spin_lock" => MapFieldKind.SpinLock,
        "bpf_timer" => MapFieldKind.Timer,
        "bpf_wq" => MapFieldKind.WorkQueue,
        "bpf_res_spin_lock" or "bpf_list_head" or "bpf_list_node" or "bpf_rb_root" or "bpf_rb_node" or "bpf_refcount" => MapFieldKind.Other,
        _ => null,
    };
}
