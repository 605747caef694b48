using System.CommandLine;

namespace Headrace.Cli.Verbs.Xdp;

/// <summary><c>headrace xdp</c>: an object file onto a device in one step.</summary>
internal sealed class XdpVerb : Verb
{
    public XdpVerb() : base("xdp", "Puts an XDP program from an object file onto a network device, in one step (xdp-loader).")
    {
        Add(new XdpAttachVerb());
        Add(new XdpDetachVerb());
        Add(new XdpStatusVerb());
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace xdp attach eth0 programs/firewall.bpf.o", "loads the program and runs it in the driver"),
        ("headrace xdp status", "the XDP programs of every device"),
        ("headrace xdp detach eth0 --all", "takes them off"),
    ];

    public override int Run(ParseResult arguments, Terminal terminal) => throw new UsageException("xdp: attach, detach or status?");
}
