using System.Runtime.InteropServices;

namespace Headrace.Dataflow;

/// <summary>Decides comparisons that an earlier branch has decided: the same one again, and fewer bytes of the packet than were found there.</summary>
internal sealed class BoundsChecks : IPass
{
    // Blocks to look back over: in a switch of thousands of cases each would ask all before it.
    private const int FarthestBlock = 256;

    public string Name => "bounds-checks";

    public string Summary => "comparisons that earlier ones decide go";

    public int Run(Graph graph) => graph.List.Sum(Run);

    private static int Run(GraphFunction function)
    {
        int changes = 0;
        var dominators = new Dominators(function);
        Dictionary<Subject, int> subjects = Subjects(function);
        foreach (Block block in function.List)
        {
            Actor branch = block.Terminator;
            if (branch.Kind != ActorKind.Branch || branch.Inputs[0].Kind == ActorKind.Constant || subjects[Subject.Of(branch.Inputs[0])] < 2 || Decide(block, branch.Inputs[0], dominators) is not { } holds)
                continue;
            branch.SetInput(0, function.Constant(holds ? 1UL : 0));
            changes++;
        }
        return changes;
    }

    // In a switch of thousands of cases no branch is about what another is about, and none has to look for it.
    private static Dictionary<Subject, int> Subjects(GraphFunction function)
    {
        var subjects = new Dictionary<Subject, int>();
        foreach (Block block in function.List)
        {
            if (block.Terminator is { Kind: ActorKind.Branch } branch)
                CollectionsMarshal.GetValueRefOrAddDefault(subjects, Subject.Of(branch.Inputs[0]), out _)++;
        }
        return subjects;
    }

    private static bool? Decide(Block block, Actor condition, Dominators dominators)
    {
        Block at = block;
        for (int distance = 0; at.Index != 0 && distance < FarthestBlock; distance++)
        {
            // A block with one way in is behind the branch that leads to it; so is everything it dominates.
            if (at.Predecessors.Count == 1 && at.Predecessors[0] is var edge && edge.From.Terminator.Kind == ActorKind.Branch
                && Implies(edge.From.Terminator.Inputs[0], edge.Exit == 0, condition) is { } known)
            {
                return known;
            }
            at = block.Function.List[dominators.Parent(at)];
        }
        return null;
    }

    /// <summary>What a condition is when another is known.</summary>
    private static bool? Implies(Actor known, bool holds, Actor condition)
    {
        if (known == condition)
            return holds;
        if (known.Kind != ActorKind.Compare || condition.Kind != ActorKind.Compare)
            return null;
        if (known.Inputs[0] == condition.Inputs[0] && known.Inputs[1] == condition.Inputs[1] && known.Is32 == condition.Is32
            && Rewriting.Opposite(known.Condition) == condition.Condition)
        {
            return !holds;
        }
        if (PacketCheck.Of(known) is not { } before || PacketCheck.Of(condition) is not { } now || before.Start != now.Start || before.End != now.End)
            return null;
        bool isInside = before.HoldsInside == holds;
        if (isInside && now.Bytes <= before.Bytes)
            return now.HoldsInside;
        return !isInside && now.Bytes >= before.Bytes ? !now.HoldsInside : null;
    }

    /// <summary>What a condition is about: only one about the same decides it.</summary>
    private readonly record struct Subject(Actor A, Actor? B)
    {
        public static Subject Of(Actor condition) => condition.Kind != ActorKind.Compare ? new Subject(condition, null)
            : PacketCheck.Of(condition) is { } check ? new Subject(check.Start, check.End) : new Subject(condition.Inputs[0], condition.Inputs[1]);
    }
}
