using Headrace.Cli.Nouns;
using Headrace.Cli.Nouns.Net;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace net</c>: programs on network devices.</summary>
internal sealed class NetVerb : KernelVerb
{
    public NetVerb() : base("net", "Shows, attaches and detaches programs on network devices (bpftool net).")
    {
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace net show", "every XDP and tc program of this network namespace"),
        ("headrace net attach xdpdrv name firewall dev eth0 overwrite", "a loaded program in place of whatever is there, without a gap"),
        ("headrace net detach xdp dev eth0", "takes it off again"),
    ];

    protected override IReadOnlyList<KernelAction> Actions => [new NetShow(), new NetAttach(), new NetDetach()];
}
