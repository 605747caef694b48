using System.CommandLine;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Engine;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace vm</c>: one plain eBPF program from standard input, for conformance suites.</summary>
internal sealed unsafe class VmVerb : Verb
{
    private const string Source = "the program on standard input";

    private readonly Option<string> _engine = new("--engine") { Description = "interpreter, jit or dataflow", DefaultValueFactory = _ => "interpreter", HelpName = "E" };
    private readonly Argument<string> _memory = new("MEMORY-HEX") { Description = "Memory for the program: R1 is its address, R2 its length", Arity = ArgumentArity.ZeroOrOne };

    public VmVerb() : base("vm", "Runs plain eBPF: the program as hex bytes on standard input, R0 as hex on standard output.")
    {
        Add(_engine);
        Add(_memory);
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("echo b7000000 2a000000 95000000 00000000 | headrace vm", "return 42: prints 2a"),
        ("headrace vm --engine jit 'aa bb cc dd' < program.hex", "run on four bytes of memory"),
    ];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        EngineKind kind = Engines.Parse(arguments.GetValue(_engine)!, withKernel: false);
        byte[] memory = arguments.GetValue(_memory) is { } text ? Hex.Parse(text, "MEMORY-HEX") : [];
        byte[] program = Hex.Parse(InputText.ReadToEnd(terminal.In, Source), Source);
        using LoadedProgram loaded = LoadedProgram.LoadPlain(Instruction.Decode(program));
        using Executor executor = loaded.CreateExecutor(kind);
        terminal.Out.WriteLine($"{Invoke(executor, memory):x}");
        return ExitCode.Done;
    }

    private static ulong Invoke(Executor executor, byte[] memory)
    {
        if (memory.Length == 0)
            return executor.Invoke(null, 0);
        byte* native = (byte*)NativeMemory.Alloc((nuint)memory.Length);
        try
        {
            memory.CopyTo(new Span<byte>(native, memory.Length));
            return executor.Invoke(native, (nuint)memory.Length);
        }
        finally
        {
            NativeMemory.Free(native);
        }
    }
}
