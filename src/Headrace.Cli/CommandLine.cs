using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Headrace.Bytecode;
using Headrace.Cli.Nouns;
using Headrace.Cli.Verbs;
using Headrace.Cli.Verbs.Xdp;

namespace Headrace.Cli;

/// <summary>The <c>headrace</c> command: finds the verb, runs it, turns errors into a line on standard error and an exit code.</summary>
internal static class CommandLine
{
    // A file named @x is a file: the library would read it for more arguments.
    private static readonly ParserConfiguration s_parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Every verb, in the order of the help.</summary>
    public static IReadOnlyList<Verb> Verbs() =>
    [
        new DemoVerb(),
        new RunVerb(),
        new VerifyVerb(),
        new InspectVerb(),
        new AsmVerb(),
        new DisasmVerb(),
        new GraphVerb(),
        new VmVerb(),
        new ForwardVerb(),
        new PortsVerb(),
        new BenchVerb(),
        new ProgVerb(),
        new MapVerb(),
        new LinkVerb(),
        new NetVerb(),
        new BtfVerb(),
        new FeatureVerb(),
        new XdpVerb(),
        new TopVerb(),
    ];

    /// <summary>Runs one command line.</summary>
    public static int Run(string[] arguments, Terminal terminal)
    {
        RootCommand root = Root(terminal);
        ParseResult parsed = root.Parse(BehindVerb(arguments), s_parsing);
        if (parsed.Errors.Count > 0)
        {
            // What was not understood says more than what is therefore missing.
            bool unknown = parsed.UnmatchedTokens.Count > 0;
            foreach (ParseError error in parsed.Errors.Where(error => !unknown || error.Message.Contains('\'')))
                terminal.Error.WriteLine($"headrace: {error.Message}");
            terminal.Error.WriteLine($"Try '{Path(parsed)} --help'.");
            return ExitCode.Usage;
        }
        // The library takes an option it does not know for an argument.
        if (parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).FirstOrDefault(IsOption) is { } option)
        {
            terminal.Error.WriteLine($"headrace: there is no option '{option.Value}'");
            terminal.Error.WriteLine($"Try '{Path(parsed)} --help'.");
            return ExitCode.Usage;
        }
        try
        {
            return parsed.Invoke(new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false });
        }
        catch (UsageException error)
        {
            terminal.Error.WriteLine($"headrace: {error.Message}");
            return ExitCode.Usage;
        }
        catch (Exception error) when (error is HeadraceException or IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine($"headrace: {error.Message}");
            return ExitCode.Failed;
        }
    }

    // bpftool's switches may stand in front of the noun; here options belong to a verb.
    private static string[] BehindVerb(string[] arguments)
    {
        int switches = arguments.TakeWhile(KernelVerb.IsSwitch).Count();
        return switches == 0 || switches == arguments.Length
            ? arguments
            : [arguments[switches], .. arguments[..switches], .. arguments[(switches + 1)..]];
    }

    private static RootCommand Root(Terminal terminal)
    {
        var root = new RootCommand("Runs eBPF/XDP programs wherever the packets are.");
        foreach (Verb verb in Verbs())
        {
            SetActions(verb, terminal);
            root.Add(verb);
        }
        foreach (Option option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help })
                option.Action = new HelpWithExamples(help);
        }
        return root;
    }

    private static void SetActions(Verb verb, Terminal terminal)
    {
        verb.SetAction(arguments => verb.Run(arguments, terminal));
        foreach (Verb inner in verb.Subcommands.OfType<Verb>())
            SetActions(inner, terminal);
    }

    private static bool IsOption(Token token) => token.Value.StartsWith("--", StringComparison.Ordinal);

    private static string Path(ParseResult parsed)
    {
        string path = "headrace";
        for (Command? command = parsed.CommandResult.Command; command is Verb; command = command.Parents.OfType<Command>().FirstOrDefault())
            path = path.Insert("headrace".Length, $" {command.Name}");
        return path;
    }

    /// <summary>The library's help, then the verb's examples.</summary>
    private sealed class HelpWithExamples(HelpAction inner) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int result = inner.Invoke(parseResult);
            if (parseResult.CommandResult.Command is Verb { Examples: { Count: > 0 } examples })
            {
                TextWriter output = parseResult.InvocationConfiguration.Output;
                output.WriteLine("Examples:");
                foreach ((string line, string purpose) in examples)
                    output.WriteLine($"  {line}{Environment.NewLine}      {purpose}");
            }
            return result;
        }

        // --help wins over missing arguments.
        public override bool ClearsParseErrors => true;
    }
}
