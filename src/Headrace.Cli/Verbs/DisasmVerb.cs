using System.CommandLine;
using Headrace.Objects;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace disasm</c>: an object file to text that <c>headrace asm</c> takes.</summary>
internal sealed class DisasmVerb : Verb
{
    private readonly Argument<string> _object = new("OBJECT") { Description = "BPF object file" };
    private readonly Option<string?> _program = new("--program") { Description = "Only this program and what it calls", HelpName = "NAME" };
    private readonly Option<bool> _labels = new("--labels") { Description = "Jumps to labels rather than by distance" };

    public DisasmVerb() : base("disasm", "Disassembles an object into the syntax of the kernel's log.")
    {
        Add(_object);
        Add(_program);
        Add(_labels);
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace disasm programs/drop.bpf.o", "the whole object: sections, maps, globals, instructions"),
        ("headrace disasm my.bpf.o --program entry --labels", "one program, easier to read"),
    ];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        terminal.Out.Write(ObjectDisassembler.Disassemble(arguments.GetValue(_object)!, arguments.GetValue(_program), arguments.GetValue(_labels)));
        return ExitCode.Done;
    }
}
