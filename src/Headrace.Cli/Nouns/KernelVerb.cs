using System.CommandLine;
using Headrace.Bytecode;

namespace Headrace.Cli.Nouns;

/// <summary>A noun of bpftool's with its actions. The words behind it are bpftool's own little language, read by <see cref="Keywords"/>.</summary>
internal abstract class KernelVerb : Verb
{
    private readonly Argument<string[]> _words = new("ACTION") { Description = "What to do, and with what; 'help' lists it", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> _json = new("--json", "-j") { Description = "Answer one JSON document, with bpftool's keys" };
    private readonly Option<bool> _pretty = new("--pretty", "-p") { Description = "The same with line breaks" };
    private readonly Option<bool> _pins = new("--bpffs", "-f") { Description = "Show the paths of pinned objects too" };
    private readonly Option<bool> _debug = new("--debug", "-d") { Description = "Show the verifier's log of what is loaded" };
    private readonly Option<bool> _noMount = new("--nomount", "-n") { Description = "Mount no file system" };
    private readonly Option<string?> _base = new("--base-btf", "-B") { Description = "The types that a module's build upon", HelpName = "FILE" };

    // bpftool has them; here objects of every age are taken anyway.
    private readonly Option<bool> _legacy = new("--legacy", "-l") { Hidden = true };
    private readonly Option<bool> _mapCompatible = new("--mapcompat", "-m") { Hidden = true };

    protected KernelVerb(string name, string description) : base(name, description)
    {
        Add(_words);
        foreach (Option option in (Option[])[_json, _pretty, _pins, _debug, _noMount, _base, _legacy, _mapCompatible])
            Add(option);
    }

    /// <summary>True for bpftool's options without a value, which it wants in front of the noun; letters may stand together.</summary>
    public static bool IsSwitch(string argument) => argument is "--json" or "--pretty" or "--bpffs" or "--debug" or "--nomount" or "--legacy" or "--mapcompat"
        || (argument.Length > 1 && argument[0] == '-' && argument.AsSpan(1).IndexOfAnyExcept("jpfdnlm") < 0);

    /// <summary>What can be done; the first is done where nothing is said.</summary>
    protected abstract IReadOnlyList<KernelAction> Actions { get; }

    public override int Run(ParseResult arguments, Terminal terminal)
    {
        bool pretty = arguments.GetValue(_pretty);
        var answer = new Answer(terminal, pretty || arguments.GetValue(_json), pretty, arguments.GetValue(_pins), arguments.GetValue(_debug),
            !arguments.GetValue(_noMount), arguments.GetValue(_base));
        var words = new Keywords(arguments.GetValue(_words) ?? []);
        try
        {
            return Run(words, answer);
        }
        catch (Exception error) when (answer.Json && error is HeadraceException or IOException or UnauthorizedAccessException)
        {
            // Scripts that read the document find the error there too.
            answer.WriteJson(json =>
            {
                json.WriteStartObject();
                json.WriteString("error", error.Message);
                json.WriteEndObject();
            });
            throw;
        }
    }

    private int Run(Keywords words, Answer answer)
    {
        if (words.Accept("help"))
        {
            foreach (string form in Actions.SelectMany(action => action.Forms))
                answer.Out.WriteLine($"headrace {Name} {form}");
            return ExitCode.Done;
        }
        KernelAction? action = words.IsEmpty ? Actions[0] : Actions.FirstOrDefault(one => one.Names.Any(words.Accept));
        return action is null
            ? throw new UsageException($"{Name}: there is no action '{words.Peek}'; there are: {string.Join(", ", Actions.Select(one => one.Names[0]))}")
            : action.Run(words, answer);
    }
}
