using System.CommandLine;
using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Verbs.Xdp;

/// <summary><c>headrace xdp detach</c>: takes programs off a device.</summary>
internal sealed class XdpDetachVerb : Verb
{
    private readonly Argument<string> _device = new("IFACE") { Description = "Network device" };
    private readonly Option<uint?> _id = new("--id", "-i") { Description = "Only this program", HelpName = "ID" };
    private readonly Option<bool> _all = new("--all", "-a") { Description = "Whatever is there" };

    public XdpDetachVerb() : base("detach", "Takes XDP programs off a network device.")
    {
        Aliases.Add("unload");
        Add(_device);
        Add(_id);
        Add(_all);
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples => [("headrace xdp detach eth0 --id 108", "that program, and only if it is there")];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        string device = arguments.GetValue(_device)!;
        uint? id = arguments.GetValue(_id);
        if (id is null && !arguments.GetValue(_all))
            throw new UsageException("xdp detach: which program? --id ID, or --all");
        XdpState state = NetworkDevice.Find(device).Xdp;
        int count = 0;
        foreach (XdpMode mode in (XdpMode[])[XdpMode.Native, XdpMode.Generic, XdpMode.Hardware])
        {
            uint there = state.ProgramOf(mode);
            if (there == 0 || (id is not null && there != id))
                continue;
            using KernelProgram program = KernelProgram.Open(there);
            // The program that was seen, not one that came meanwhile.
            count += XdpLink.Detach(device, mode, program) ? 1 : 0;
        }
        if (count == 0)
            throw new HeadraceException(id is null ? $"there is no XDP program on {device}" : $"program {id} is not on {device}; 'headrace xdp status {device}' shows what is");
        return ExitCode.Done;
    }
}
