using Headrace.Cli.Nouns;
using Headrace.Cli.Nouns.Maps;

namespace Headrace.Cli.Verbs;

/// <summary><c>headrace map</c>: maps in this machine's kernel.</summary>
internal sealed class MapVerb : KernelVerb
{
    public MapVerb() : base("map", "Shows, reads and changes maps in this machine's kernel (bpftool map).")
    {
    }

    public override IReadOnlyList<(string Line, string Purpose)> Examples =>
    [
        ("headrace map dump name flows", "every element, with the names and types of its members"),
        ("headrace map update name plain key 1 0 0 0 value hex 0a 00 00 00 00 00 00 00 noexist", "a new element, byte by byte"),
        ("headrace map help", "every action with its words"),
    ];

    protected override IReadOnlyList<KernelAction> Actions =>
    [
        new MapShow(),
        new MapCreate(),
        new MapDump(),
        new MapUpdate(),
        new MapLookup(),
        new MapNext(),
        new MapDelete(),
        new MapPin(),
        new MapEventPipe(),
        new MapTake(takes: false, "peek"),
        new MapPush(),
        new MapTake(takes: true, "pop", "dequeue"),
        new MapFreeze(),
    ];
}
