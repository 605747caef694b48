namespace Headrace.Dataflow;

/// <summary>If-conversion: where both ways of a branch only compute, both are computed and the result is selected.</summary>
internal sealed class ConvertBranches : IPass
{
    // Actors done for nothing, and selections, that a branch is worth.
    private const int MaxActors = 8;
    private const int MaxSelections = 4;

    public string Name => "convert-branches";

    public string Summary => "branches around mere computation become selections";

    public int Run(Graph graph) => graph.List.Sum(Run);

    private static int Run(GraphFunction function)
    {
        int changes = 0;
        foreach (Block block in function.List.ToArray())
        {
            if (block.Predecessors.Count == 0 && block != function.Entry)
                continue; // a side that was moved
            if (block.Terminator.Kind == ActorKind.Branch && Convert(block))
                changes++;
        }
        if (changes > 0)
            function.Arrange();
        return changes;
    }

    private static bool Convert(Block block)
    {
        (Block yes, Block no) = (block.Exits[0], block.Exits[1]);
        bool movesYes = IsSide(yes, block), movesNo = IsSide(no, block);
        Block joinYes = movesYes ? yes.Exits[0] : yes, joinNo = movesNo ? no.Exits[0] : no;
        // One side may be empty: the branch leads straight to where they meet.
        Block? join = joinYes == joinNo && (movesYes || movesNo) ? joinYes
            : movesYes && yes.Exits[0] == no ? no : movesNo && no.Exits[0] == yes ? yes : null;
        if (join is null || join == block || join.Index <= block.Index)
            return false;
        bool usesYes = movesYes && join != yes, usesNo = movesNo && join != no;
        int moved = (usesYes ? yes.List.Count - 1 : 0) + (usesNo ? no.List.Count - 1 : 0);
        Edge fromYes = usesYes ? new Edge(yes, 0) : new Edge(block, 0), fromNo = usesNo ? new Edge(no, 0) : new Edge(block, 1);
        int wayYes = join.PredecessorIndex(fromYes.From, fromYes.Exit), wayNo = join.PredecessorIndex(fromNo.From, fromNo.Exit);
        if (wayYes < 0 || wayNo < 0 || moved > MaxActors)
            return false;
        Actor[] merges = [.. join.Merges];
        if (merges.Count(merge => merge.Inputs[wayYes] != merge.Inputs[wayNo]) > MaxSelections)
            return false;
        if (usesYes)
            Move(yes, block);
        if (usesNo)
            Move(no, block);
        Select(block, join, merges, wayYes, wayNo);
        return true;
    }

    private static bool IsSide(Block side, Block from) => side.Predecessors.Count == 1 && side.Terminator.Kind == ActorKind.Goto && side.Exits[0] != side
        && side != from && side.List.SkipLast(1).All(actor => actor.IsPure && actor.Kind is not (ActorKind.Merge or ActorKind.Divide
            or ActorKind.DivideSigned or ActorKind.Remainder or ActorKind.RemainderSigned));

    private static void Move(Block side, Block to)
    {
        foreach (Actor actor in side.List.SkipLast(1).ToArray())
        {
            side.List.Remove(actor);
            to.InsertLast(actor);
            // What was proved of it held behind the branch.
            actor.Proved = null;
        }
    }

    private static void Select(Block block, Block join, Actor[] merges, int wayYes, int wayNo)
    {
        Actor branch = block.Terminator, condition = branch.Inputs[0];
        var inputs = new Actor[merges.Length];
        for (int i = 0; i < merges.Length; i++)
        {
            (Actor yes, Actor no) = (merges[i].Inputs[wayYes], merges[i].Inputs[wayNo]);
            inputs[i] = yes == no ? yes : branch.Before(ActorKind.Select, condition, yes, no);
        }
        foreach (Block side in block.Exits.Where(exit => exit != join).ToArray())
            side.RemoveExit(0);
        block.RemoveExit(1);
        block.RemoveExit(0);
        branch.ClearInputs();
        branch.Kind = ActorKind.Goto;
        block.Connect(join);
        for (int i = 0; i < merges.Length; i++)
            merges[i].AddInput(inputs[i]);
    }
}
