using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Dataflow;

/// <summary>A program as a dataflow graph: actors joined by links that carry tokens, in blocks that control activates.</summary>
/// <remarks>
/// Values are in static single assignment form. Actors that touch memory or the world stand in their blocks in the program's order;
/// which of them really have to wait for each other is said by the regions they touch (<see cref="Actor.Effects"/>, <see cref="GraphLinks"/>).
/// </remarks>
public sealed class Graph
{
    private int _nextActor;

    internal Graph(ProgramSpec program, IReadOnlyList<GraphMap> maps, bool isPlain) => (Program, Maps, IsPlain) = (program, maps, isPlain);

    /// <summary>The program it was made from.</summary>
    public ProgramSpec Program { get; }

    /// <summary>The maps of the program's collection, by index.</summary>
    public IReadOnlyList<GraphMap> Maps { get; }

    /// <summary>True when a verifier has accepted the program: its accesses hit what they go through, and its values are as proved.</summary>
    public bool IsVerified => Verified is not null;

    /// <summary>What the verifier proved; null without it. Its facts are those of the instructions before any pass.</summary>
    internal VerifiedProgram? Verified { get; init; }

    /// <summary>True for plain eBPF: R1 and R2 are an address and a length.</summary>
    public bool IsPlain { get; }

    /// <summary>The program's own function first, then those it calls or has called back.</summary>
    public IReadOnlyList<GraphFunction> Functions => List;

    /// <summary>The program's own function.</summary>
    public GraphFunction Main => List[0];

    /// <summary>The regions of memory that cannot overlap; see <see cref="RegionMap"/>.</summary>
    public RegionMap Regions { get; internal set; } = RegionMap.Empty;

    /// <summary>What the passes did to it, in their order; empty before they ran.</summary>
    public IReadOnlyList<PassReport> PassReports { get; internal set; } = [];

    internal List<GraphFunction> List { get; } = [];

    /// <summary>The index by which actors know the map of an index: one map has one, whatever its names.</summary>
    internal int MapOf(int index) => (uint)index < (uint)Maps.Count && Maps[index].SameAs is >= 0 and var first ? first : index;

    /// <summary>The function that starts at a slot.</summary>
    public GraphFunction FunctionAt(int start) => List.First(function => function.Start == start);

    /// <summary>The source line of an actor; null when BTF does not know it.</summary>
    /// <remarks>Instructions that the compiler made up have line 0: they count to the line before them, or else after them.</remarks>
    public SourceLine? LineOf(Actor actor) => Program.LineAt(actor.Slot) is not { Line: 0 } line ? Program.LineAt(actor.Slot)
        : Program.Lines.LastOrDefault(other => other.Instruction < actor.Slot && other.Line > 0) ?? Program.Lines.FirstOrDefault(other => other.Line > 0) ?? line;

    /// <summary>Builds the graph of a program.</summary>
    /// <param name="collection">The collection, for its maps.</param>
    /// <param name="program">The program, linked; the shape of its code must be valid.</param>
    /// <param name="verified">What was proved of it; null leaves what the code itself shows.</param>
    /// <exception cref="BytecodeException">An instruction has no meaning in a graph.</exception>
    public static Graph Build(CollectionSpec collection, ProgramSpec program, VerifiedProgram? verified = null) =>
        GraphBuilder.Build(program, [.. collection.Maps.Select(GraphMap.Of)], isPlain: false, verified);

    internal Actor NewActor(ActorKind kind, int slot, params ReadOnlySpan<Actor> inputs)
    {
        var actor = new Actor(_nextActor++, kind, slot);
        foreach (Actor input in inputs)
            actor.AddInput(input);
        return actor;
    }
}
