using System.CommandLine;
using System.Diagnostics;
using Headrace.Bytecode;
using Headrace.Cli.Batch;
using Headrace.Cli.Runs;
using Headrace.Cli.Verification;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace verify</c>: whether the kernel takes a program, and if not, why.</summary>
internal sealed class VerifyVerb : Verb
{
    private static readonly string[] s_plannedTargets = ["nfp", "gateware"];

    private readonly Argument<string?> _object = new("OBJECT") { Description = "BPF object file", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _program = new("--program") { Description = "Only this program", HelpName = "NAME" };
    private readonly Option<string> _target = new("--target") { Description = "Whose rules: linux (default)", HelpName = "T", DefaultValueFactory = _ => "linux" };
    private readonly Option<int> _level = new("--log-level") { Description = "0: why it is refused; 1: the path to it; 2: every path with states", HelpName = "N", DefaultValueFactory = _ => 0 };
    private readonly Option<bool> _explain = new("--explain") { Description = "Say how the program got to the error, what was known there, and what usually mends it" };
    private readonly Option<string?> _btf = new("--btf") { Description = "Fit CO-RE relocations to these types first, such as /sys/kernel/btf/vmlinux", HelpName = "FILE" };
    private readonly Option<string?> _batch = new("--batch") { Description = "Verify raw programs, a JSON line each, instead of an object", HelpName = "FILE.jsonl" };
    private readonly Option<bool> _json = new("--json") { Description = "Answer one JSON document" };

    public VerifyVerb() : base("verify", "Says whether the Linux kernel would take a program, and if not, why; no kernel and no root needed.")
    {
        Add(_object);
        foreach (Option option in (Option[])[_program, _target, _level, _explain, _btf, _batch, _json])
            Add(option);
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace verify programs/firewall.bpf.o", "accepted or refused, with the kernel's words"),
        ("headrace verify my.bpf.o --explain", "how it got to the error, what was known there, what usually mends it"),
        ("headrace verify my.bpf.o --program entry --log-level 2", "every instruction with its state, as the kernel logs it"),
    ];

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        string target = arguments.GetValue(_target)!;
        if (target != "linux")
        {
            throw new UsageException(s_plannedTargets.Contains(target)
                ? $"target '{target}' does not exist yet; there is: linux"
                : $"there is no target '{target}'; there is: linux");
        }
        int level = arguments.GetValue(_level);
        if (level is < 0 or > 2)
            throw new UsageException("--log-level: 0, 1 or 2");
        if (arguments.GetValue(_batch) is { } batch)
            return BatchVerify.Run(batch, terminal);

        string path = arguments.GetValue(_object) ?? throw new UsageException("which OBJECT? (or --batch FILE.jsonl)");
        CollectionSpec spec = CollectionSpec.Load(path);
        if (arguments.GetValue(_btf) is { } types)
            spec.Relocate(Btf.Load(types));
        ProgramSpec[] programs = arguments.GetValue(_program) is { } name ? [ProgramChoice.Find(spec, name)] : [.. spec.Programs.Where(program => program.AutoLoad)];
        if (programs.Length == 0)
            throw new HeadraceException($"{path} has no program that is loaded unless asked for: choose one with --program");

        var reports = new List<VerifyReport>();
        foreach (ProgramSpec program in programs)
        {
            long start = Stopwatch.GetTimestamp();
            VerifierResult result = ProgramVerifier.Verify(spec, program, new VerifierOptions { LogLevel = level });
            reports.Add(new VerifyReport(program, result, (long)Stopwatch.GetElapsedTime(start).TotalMicroseconds));
        }
        if (arguments.GetValue(_json))
            VerifyRenderer.WriteJson(reports, terminal.Out);
        else
            VerifyRenderer.WriteText(path, reports, arguments.GetValue(_explain), terminal.Out);
        return reports.TrueForAll(report => report.Result.IsAccepted) ? ExitCode.Done : ExitCode.Failed;
    }
}
