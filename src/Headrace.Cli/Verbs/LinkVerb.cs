using Headrace.Cli.Nouns;
using Headrace.Cli.Nouns.Links;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace link</c>: what is attached by links in this machine's kernel.</summary>
internal sealed class LinkVerb : KernelVerb
{
    public LinkVerb() : base("link", "Shows, pins and detaches links in this machine's kernel (bpftool link).")
    {
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace link show -f", "every link, with the paths that keep it"),
        ("headrace link detach id 7", "takes its program off the device"),
    ];

    protected override IReadOnlyList<KernelAction> Actions => [new LinkShow(), new LinkPin(), new LinkDetach()];
}
