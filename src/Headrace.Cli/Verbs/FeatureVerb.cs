using Headrace.Cli.Nouns;
using Headrace.Cli.Nouns.Features;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace feature</c>: what this machine's kernel can do.</summary>
internal sealed class FeatureVerb : KernelVerb
{
    public FeatureVerb() : base("feature", "Finds out what this machine's kernel can do (bpftool feature).")
    {
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace feature probe", "program types, map types and helpers, each tried"),
        ("headrace feature probe -j | jq .map_types.have_arena_map_type", "one of them for a script"),
        ("headrace feature list_builtins map_types", "the names that are known here, whatever the kernel"),
    ];

    protected override IReadOnlyList<KernelAction> Actions => [new FeatureProbe(), new FeatureBuiltins()];
}
