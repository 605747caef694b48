using System.Text.RegularExpressions;

namespace Headrace.Cli.Tests.Nouns;

/// <summary>Where our JSON is not bpftool's, each with its reason. <c>docs/bpftool.md</c> lists the same ones, under the same names.</summary>
internal static partial class KnownDifferences
{
    /// <summary>Every difference that a comparison lets pass.</summary>
    public static IReadOnlyList<KnownDifference> All { get; } =
    [
        // bpftool computes the date from two clocks read one after the other, and so do we.
        new("loaded-at", path => path.EndsWith(".loaded_at", StringComparison.Ordinal), (theirs, ours) => Math.Abs(Number(theirs) - Number(ours)) <= 1),
        // A duration is measured.
        new("duration", path => path.EndsWith(".duration", StringComparison.Ordinal), (theirs, ours) => Number(theirs) > 0 && Number(ours) > 0),
        // Keys that bpftool got later; Debian's prints the link's type as a number then, or nothing.
        new("link-target", path => LinkTarget().IsMatch(path), (theirs, _) => theirs is null),
        new("link-type", path => path.EndsWith(".type", StringComparison.Ordinal), (theirs, ours) => long.TryParse(theirs, out _) && ours is "\"tcx\"" or "\"netkit\"" or "\"netfilter\""),
        // bpftool lists the users of types and the paths of pins in the order of its hash table.
        new("list-order", path => path.EndsWith(".map_ids", StringComparison.Ordinal) || path.EndsWith(".pinned", StringComparison.Ordinal) || path.EndsWith(".prog_ids", StringComparison.Ordinal), (theirs, ours) => Sorted(theirs) == Sorted(ours)),
        // bpftool 7.1 extends the sign of constants of unsigned enums.
        new("enum-sign", path => EnumValue().IsMatch(path), (theirs, ours) => unchecked((uint)ulong.Parse(theirs!)) == ulong.Parse(ours!)),
        // Types that bpftool 7.1 has never heard of.
        new("newer-features", path => path is ".program_types.have_netfilter_prog_type" or ".map_types.have_cgrp_storage_map_type" or ".map_types.have_arena_map_type"
            or ".misc.have_v4_isa_extension" or ".helpers.netfilter_available_helpers", (theirs, _) => theirs is null),
    ];

    [GeneratedRegex(@"^(\[\d+\])?\.(devname|ifindex|attach_type)$")]
    private static partial Regex LinkTarget();

    [GeneratedRegex(@"^\.types\[\d+\]\.values\[\d+\]\.val$")]
    private static partial Regex EnumValue();

    private static string Sorted(string? list) => string.Join(',', (list ?? "").Trim('[', ']').Split(',').Order(StringComparer.Ordinal));

    private static double Number(string? text) => double.TryParse(text, out double number) ? number : double.NaN;
}
