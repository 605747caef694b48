using Headrace.Cli.Nouns;
using Headrace.Cli.Nouns.Programs;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace prog</c>: programs in this machine's kernel.</summary>
internal sealed class ProgVerb : KernelVerb
{
    public ProgVerb() : base("prog", "Shows, loads, dumps, attaches and runs programs in this machine's kernel (bpftool prog).") => Aliases.Add("program");

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace prog show", "every loaded program"),
        ("headrace prog show name firewall -j | jq .id", "the same for a script, with bpftool's keys"),
        ("headrace prog help", "every action with its words"),
    ];

    protected override IReadOnlyList<KernelAction> Actions =>
    [
        new ProgShow(),
        new ProgDump(),
        new ProgLoad("load", all: false),
        new ProgLoad("loadall", all: true),
        new ProgPin(),
        new ProgAttach("attach", attaches: true),
        new ProgAttach("detach", attaches: false),
        new ProgRun(),
        new ProgTracelog(),
        new ProgProfile(),
    ];
}
