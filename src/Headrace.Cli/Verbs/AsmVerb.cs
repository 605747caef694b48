using System.CommandLine;
using Headrace.Bytecode;
using Headrace.Cli.Runs;
using Headrace.Objects;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace asm</c>: text to an object file that libbpf loads.</summary>
internal sealed class AsmVerb : Verb
{
    private readonly Argument<string> _file = new("FILE.s") { Description = "Assembly text; '-' for standard input" };
    private readonly Option<string> _out = new("-o", "--out") { Description = "Object file to write", Required = true, HelpName = "OUT.o" };

    public AsmVerb() : base("asm", "Assembles text in the syntax of the kernel's log into an object file.")
    {
        Add(_file);
        Add(_out);
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace asm drop.s -o drop.bpf.o", "an object that headrace, bpftool and libbpf load"),
        ("headrace disasm my.bpf.o > my.s && headrace asm my.s -o copy.bpf.o", "edit a program by hand: the copy has the same instructions"),
    ];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        string file = arguments.GetValue(_file)!;
        OutputGuard.RequireApart("-o", arguments.GetValue(_out), file);
        string text = file == "-" ? InputText.ReadToEnd(terminal.In, "standard input") : InputText.Read(file);
        byte[] bytes = ObjectWriter.ToBytes(AssemblyModule.Parse(text, file == "-" ? "standard input" : file));
        File.WriteAllBytes(arguments.GetValue(_out)!, bytes);
        return ExitCode.Done;
    }
}
