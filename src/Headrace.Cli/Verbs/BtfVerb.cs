using Headrace.Cli.Nouns;
using Headrace.Cli.Nouns.Types;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace btf</c>: types of the kernel, of what is loaded, and of files.</summary>
internal sealed class BtfVerb : KernelVerb
{
    public BtfVerb() : base("btf", "Shows types, as BTF or as a C header (bpftool btf).")
    {
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace btf dump file /sys/kernel/btf/vmlinux format c > vmlinux.h", "the kernel's types for programs that are compiled against them"),
        ("headrace btf dump map name flows", "the types of a map's keys and values"),
        ("headrace btf show", "every set of types the kernel holds"),
    ];

    protected override IReadOnlyList<KernelAction> Actions => [new BtfShow(), new BtfDump()];
}
