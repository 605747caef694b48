using System.CommandLine;
using Headrace.Bytecode;
using Headrace.Cli.Nouns.Programs;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Cli.Verbs.Xdp;

/// <summary><c>headrace xdp attach</c>: loads a program and attaches it.</summary>
internal sealed class XdpAttachVerb : Verb
{
    private readonly Argument<string> _device = new("IFACE") { Description = "Network device" };
    private readonly Argument<string> _object = new("OBJECT") { Description = "BPF object file" };
    private readonly Option<string> _mode = new("--mode", "-m") { Description = "native (in the driver), skb (in the network stack), hw (on the device), unspecified (the kernel's choice)", HelpName = "MODE", DefaultValueFactory = _ => "native" };
    private readonly Option<string?> _pinPath = new("--pin-path", "-p") { Description = "Folder in a bpf file system for the maps that the object wants pinned by name", HelpName = "PATH" };
    private readonly Option<string?> _section = new("--section", "-s") { Description = "ELF section of the program; left out, the first XDP program", HelpName = "SECTION" };
    private readonly Option<string?> _program = new("--prog-name", "-n") { Description = "Name of the program; left out, the first XDP program", HelpName = "NAME" };
    private readonly Option<bool> _replace = new("--replace") { Description = "Take the place of the program that is there, without a gap" };
    private readonly Option<string?> _link = new("--link") { Description = "Attach by a link and pin it there: nobody else's attach or detach touches it", HelpName = "PATH" };
    private readonly Option<string?> _priority = new("--prio", "-P") { Hidden = true };
    private readonly Option<string?> _actions = new("--actions", "-A") { Hidden = true };

    public XdpAttachVerb() : base("attach", "Loads an XDP program and attaches it to a network device.")
    {
        Aliases.Add("load");
        Add(_device);
        Add(_object);
        foreach (Option option in (Option[])[_mode, _program, _section, _pinPath, _replace, _link, _priority, _actions])
            Add(option);
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace xdp attach eth0 programs/firewall.bpf.o --mode skb", "on a device whose driver has no XDP"),
        ("headrace xdp attach eth0 my.bpf.o -n entry --replace", "a new version in place of the old one"),
    ];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        if (arguments.GetValue(_priority) is not null || arguments.GetValue(_actions) is not null)
        {
            throw new UnsupportedFeatureException("--prio and --actions", "libxdp's dispatcher, which runs several programs one after the other",
                "a device runs one program here: let it tail call the others, or use xdp-loader");
        }
        XdpMode mode = XdpModes.Parse(arguments.GetValue(_mode)!);
        string device = arguments.GetValue(_device)!;
        CollectionSpec spec = CollectionSpec.Load(arguments.GetValue(_object)!);
        ProgramSpec chosen = Choose(spec, arguments.GetValue(_program), arguments.GetValue(_section));
        uint before = NetworkDevice.Find(device).Xdp.ProgramOf(mode);
        bool replaces = arguments.GetValue(_replace) && before != 0;
        string? pin = arguments.GetValue(_link);
        if (pin is not null && replaces)
            throw new UsageException("--link and --replace: a new link takes no other program's place; detach that one first");

        using KernelCollection collection = AdvisedLoad.Load(spec, new KernelLoadOptions
        {
            Programs = [chosen.Name],
            PinPath = arguments.GetValue(_pinPath),
            Device = mode == XdpMode.Hardware ? device : null,
        });
        KernelProgram program = collection.Programs[chosen.Name];
        using KernelProgram? other = replaces ? KernelProgram.Open(before) : null;
        using XdpLink link = program.AttachXdp(device, new XdpAttachOptions
        {
            Mode = mode,
            Method = pin is null ? AttachMethod.Netlink : AttachMethod.Link,
            Replace = other,
        });
        if (pin is not null)
            link.Pin(pin);
        else if (link.Link is null)
            link.Leave();
        terminal.Error.WriteLine($"headrace: {chosen.Name} (program {program.Id}) runs on {device}, {XdpModes.Word(link.Mode)}");
        return ExitCode.Done;
    }

    private static ProgramSpec Choose(CollectionSpec spec, string? name, string? section)
    {
        ProgramSpec[] programs = [.. spec.Programs.Where(program => (name is null || program.Name == name) && (section is null || program.Section == section))];
        if (programs.Length == 0)
        {
            throw new HeadraceException($"{spec.Source}: there is no program {(name is null ? $"in section '{section}'" : $"'{name}'")}; there are: "
                + string.Join(", ", spec.Programs.Select(program => $"{program.Name} ({program.Section})")));
        }
        return programs.FirstOrDefault(program => program.Type == ProgramType.Xdp)
            ?? throw new HeadraceException($"{spec.Source}: program '{programs[0].Name}' is of type {KernelWords.Of(programs[0].Type)}; XDP programs stand in sections xdp, xdp.frags");
    }
}
