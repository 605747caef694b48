using System.Collections.Frozen;
using static Headrace.Verifier.KfuncAction;
using static Headrace.Verifier.KfuncArgument;

namespace Headrace.Verifier;

/// <summary>The prototypes of the kernel functions that packet programs use.</summary>
/// <remarks>
/// Signatures from the kernel's own types; who may call what is what Linux 6.18 answers when each is tried. Every other kernel function is
/// refused as one that the program's type may not call.
/// </remarks>
internal static class KfuncPrototypes
{
    private const ulong Everyone = ulong.MaxValue;
    private const ulong Skb = ProgramSets.Tc | ProgramSets.SkSkb | ProgramSets.SocketFilter | ProgramSets.CgroupSkb | ProgramSets.Lwt | ProgramSets.Netfilter;

    private static readonly FrozenDictionary<string, KfuncPrototype> s_prototypes = new KfuncPrototype[]
    {
        new("bpf_xdp_metadata_rx_timestamp", ProgramSets.Xdp, [Context, Long], AsksDevice, IsTrusting: true),
        new("bpf_xdp_metadata_rx_hash", ProgramSets.Xdp, [Context, Word, Word], AsksDevice, IsTrusting: true),
        new("bpf_xdp_metadata_rx_vlan_tag", ProgramSets.Xdp, [Context, Short, Short], AsksDevice, IsTrusting: true),
        new("bpf_xdp_pull_data", ProgramSets.Xdp, [Context, Number], MovesPacket),
        new("bpf_dynptr_from_xdp", ProgramSets.Xdp, [Context, Number, NewDynptr], MakesPacketDynptr),
        new("bpf_dynptr_from_skb", Skb, [Context, Number, NewDynptr], MakesPacketDynptr, IsTrusting: true),
        new("bpf_dynptr_slice", Everyone, [Dynptr, Number, OptionalBuffer, BufferSize], Slices),
        new("bpf_dynptr_slice_rdwr", Everyone, [Dynptr, Number, OptionalBuffer, BufferSize], SlicesWritable),
        new("bpf_dynptr_adjust", Everyone, [Dynptr, Number, Number]),
        new("bpf_dynptr_is_null", Everyone, [Dynptr]),
        new("bpf_dynptr_is_rdonly", Everyone, [Dynptr]),
        new("bpf_dynptr_size", Everyone, [Dynptr]),
        new("bpf_dynptr_clone", Everyone, [Dynptr, NewDynptr], ClonesDynptr),
        new("bpf_dynptr_copy", Everyone, [Dynptr, Number, Dynptr, Number, Number]),
        new("bpf_dynptr_memset", Everyone, [Dynptr, Number, Number, Number]),
        new("bpf_iter_num_new", Everyone, [Iterator, Number, Number], BeginsIterator),
        new("bpf_iter_num_next", Everyone, [Iterator], NextOfIterator),
        new("bpf_iter_num_destroy", Everyone, [Iterator], EndsIterator),
        new("bpf_rcu_read_lock", Everyone, [], LocksRcu),
        new("bpf_rcu_read_unlock", Everyone, [], UnlocksRcu),
        new("bpf_preempt_disable", Everyone, [], DisablesPreemption),
        new("bpf_preempt_enable", Everyone, [], EnablesPreemption),
        new("bpf_strlen", Everyone, [Ignored]),
        new("bpf_strnlen", Everyone, [Ignored, Number]),
        new("bpf_strcmp", Everyone, [Ignored, Ignored]),
        new("bpf_strchr", Everyone, [Ignored, Number]),
        new("bpf_strstr", Everyone, [Ignored, Ignored]),
    }.ToFrozenDictionary(prototype => prototype.Name, StringComparer.Ordinal);

    /// <summary>All of them.</summary>
    public static IEnumerable<KfuncPrototype> All => s_prototypes.Values;

    /// <summary>A function's prototype, whoever may call it; null when it is not known.</summary>
    public static KfuncPrototype? Find(string name) => s_prototypes.GetValueOrDefault(name);

    /// <summary>The prototype of the function called at a slot; null when it is not known.</summary>
    public static KfuncPrototype? At(Objects.ProgramSpec program, int slot) =>
        program.Kfuncs.TryGetValue(slot, out string? name) ? Find(name) : null;
}
