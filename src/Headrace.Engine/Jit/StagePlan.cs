using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>How a program's graph is cut into stages: at which look-ups a packet may wait for its entry, and what it carries over.</summary>
/// <remarks>
/// A stage fires, for each packet of a burst, what lies between two cuts, and never anything that another packet or the world could notice. As long as
/// it has read nothing that the program writes anywhere, it is <em>certain</em>: the packet can go on from there in its turn, with the tokens that are live
/// at that place, the cut links. At the first actor that is not so the packet's place is noted; what comes after it is a guess, good for fetching alone.
/// </remarks>
internal sealed class StagePlan
{
    // A bit a look-up; places more than these are not worth their code.
    private const int MostSites = 64;
    private const int MostPlaces = 96;

    private readonly LoadedProgram _program;
    private readonly Graph _graph;
    private readonly Placement _placement;
    private readonly Func<Actor, bool> _isDirect;
    private readonly ulong _written;
    private readonly Dictionary<Actor, AheadRole> _roles = [];
    private readonly Dictionary<Actor, int> _sites = [];
    private readonly Dictionary<Actor, ResumePlace> _places = [];
    private readonly HashSet<Actor> _leading = [];
    private readonly HashSet<Actor> _guesses = [];
    private readonly bool[] _leads;
    private readonly bool[] _guessIn;

    private StagePlan(LoadedProgram program, Placement placement, Func<Actor, bool> isDirect)
    {
        (_program, _graph, _placement, _isDirect) = (program, placement.Function.Graph, placement, isDirect);
        foreach (Actor actor in _graph.Functions.SelectMany(function => function.Actors))
            _written |= actor.Effects.Writes;
        _written &= _graph.Regions.SharedMask;
        _leads = new bool[placement.Function.Blocks.Count];
        _guessIn = new bool[placement.Function.Blocks.Count];
    }

    /// <summary>The look-ups that a packet may wait at, by number.</summary>
    public List<StagedSite> Sites { get; } = [];

    /// <summary>The places that packets go on at, from number 1.</summary>
    public List<ResumePlace> Places { get; } = [];

    /// <summary>Tokens a packet carries at most.</summary>
    public int Tokens { get; private set; }

    /// <summary>Bytes at the end of the stack that stages write: a packet under way needs a stack of its own when there are any.</summary>
    public int StackBytes { get; private set; }

    /// <summary>Plans the stages of a verified program's own function.</summary>
    /// <param name="program">The program.</param>
    /// <param name="placement">Where its tokens are kept.</param>
    /// <param name="isDirect">Tells whether code carries an access out without asking the machine, so that it cannot fail.</param>
    /// <returns>The plan; null when there is nothing to stage.</returns>
    public static StagePlan? Of(LoadedProgram program, Placement placement, Func<Actor, bool> isDirect)
    {
        var plan = new StagePlan(program, placement, isDirect);
        plan.FindRoles();
        if (plan.Sites.Count == 0)
            return null;
        plan.FindWays();
        plan.FindGuesses();
        return plan.FindPlaces() ? plan : null;
    }

    /// <summary>What a stage does with an actor that stands by itself.</summary>
    public AheadRole RoleOf(Actor actor) => _roles[actor];

    /// <summary>The number of the look-up that an actor is; -1 for any other.</summary>
    public int SiteOf(Actor actor) => _sites.GetValueOrDefault(actor, -1);

    /// <summary>The place right before an actor; null when packets never go on there.</summary>
    public ResumePlace? PlaceOf(Actor actor) => _places.GetValueOrDefault(actor);

    /// <summary>True when a stage that stands at the head of a block may still come to a cut.</summary>
    public bool Leads(Block block) => _leads[block.Index];

    /// <summary>True when a stage that is past an actor may still come to a cut.</summary>
    public bool LeadsOn(Actor actor) => _leading.Contains(actor);

    /// <summary>True for an actor that no stage reaches while it is certain.</summary>
    public bool IsGuess(Actor actor) => _guesses.Contains(actor);

    /// <summary>True for an actor that code is written for where it stands: not part of another's expression, not a merge.</summary>
    public static bool StandsAlone(Placement placement, Actor actor) =>
        !actor.IsLiteral && !placement.IsInTree(actor) && actor.Kind is not (ActorKind.Merge or ActorKind.Parameter);

    /// <summary>True for the address of known bytes of the stack, which code finds from R10 wherever the stack is.</summary>
    public static bool IsPlacedOnStack(Actor actor) => actor.Facts.Pointer is { Kind: PointerKind.Stack, Index: >= 0, Offset: not null };

    private IEnumerable<Actor> Standing(Block block) => block.Actors.Where(actor => StandsAlone(_placement, actor));

    private void FindRoles()
    {
        foreach (Actor actor in _placement.Function.Blocks.SelectMany(Standing))
        {
            AheadRole role = OwnRole(actor);
            foreach (Actor part in Parts(actor))
            {
                AheadRole of = part.Kind == ActorKind.Load ? LoadRole(part) : AheadRole.Fire;
                // What is left out does not look at its inputs.
                if (role != AheadRole.LeaveOut)
                    role = Both(role, of);
            }
            _roles.Add(actor, role);
            if (role != AheadRole.Stop && IsLookup(actor, out int map) && _program.MapArray[map].CanStage && SiteNumber(actor, map) is >= 0 and var site)
                _sites.Add(actor, site);
        }
    }

    private static AheadRole Both(AheadRole a, AheadRole b) => (a, b) switch
    {
        (AheadRole.FireWhileCertain, AheadRole.Guess) or (AheadRole.Guess, AheadRole.FireWhileCertain) => AheadRole.Stop,
        _ => a > b ? a : b,
    };

    // Functions that were inlined more than once have several actors of one look-up.
    private int SiteNumber(Actor actor, int map)
    {
        var site = new StagedSite(_program.MapArray[map], actor.Slot);
        int known = Sites.IndexOf(site);
        if (known >= 0 || Sites.Count == MostSites)
            return known;
        Sites.Add(site);
        return Sites.Count - 1;
    }

    private AheadRole OwnRole(Actor actor)
    {
        switch (actor.Kind)
        {
            case ActorKind.Load:
                return LoadRole(actor);
            case ActorKind.Store or ActorKind.ClearBytes or ActorKind.CopyBytes:
                return StoreRole(actor);
            case ActorKind.Atomic:
                return actor.Users.Count == 0 ? AheadRole.LeaveOut : AheadRole.Stop;
            case ActorKind.Helper:
                return HelperRole(actor);
            case ActorKind.Goto or ActorKind.Branch:
                return AheadRole.Fire;
            default:
                return actor.IsPure ? AheadRole.Fire : AheadRole.Stop;
        }
    }

    // A guess has a stack frame of its own, which addresses in tokens do not know: what was stored there may be a pointer.
    private AheadRole LoadRole(Actor load)
    {
        if (!_isDirect(load))
            return AheadRole.Stop;
        return Both(Certain(load), OfAddress(load.Inputs[0], AccessPlace.Of(load).Pointer));
    }

    private static AheadRole OfAddress(Actor address, PointerFacts place) =>
        IsPlacedOnStack(address) || place.Kind is not (PointerKind.Stack or PointerKind.Unknown or PointerKind.None) ? AheadRole.Fire : AheadRole.FireWhileCertain;

    private AheadRole Certain(Actor actor) => (actor.Effects.Reads & _written) != 0 ? AheadRole.Guess : AheadRole.Fire;

    private AheadRole StoreRole(Actor store)
    {
        PointerFacts place = AccessPlace.Of(store).Pointer;
        switch (place.Kind)
        {
            case PointerKind.Packet or PointerKind.MapValue or PointerKind.Context or PointerKind.HelperMemory:
                return AheadRole.LeaveOut;
            case not PointerKind.Stack:
                return AheadRole.Stop;
        }
        if (!_isDirect(store))
            return AheadRole.Stop;
        int whole = _placement.Function.Frames * Machine.MaxStack;
        bool isPlaced = IsPlacedOnStack(store.Inputs[0]);
        StackBytes = Math.Max(StackBytes, isPlaced ? (int)(place.Index * Machine.MaxStack - place.Offset!.Value) : whole);
        AheadRole role = Both(Certain(store), OfAddress(store.Inputs[0], place));
        return store.Kind == ActorKind.CopyBytes ? Both(role, OfAddress(store.Inputs[1], AccessPlace.Of(store, 1).Pointer)) : role;
    }

    private AheadRole HelperRole(Actor helper)
    {
        // That a look-up finds something may be proved from what its key is.
        if (IsLookup(helper, out _))
            return Both(HelperEffects.MarksElement(helper) ? AheadRole.Guess : Certain(helper), OfAddress(helper.Inputs[1], helper.Inputs[1].Facts.Pointer));
        if (helper.Expansion is { Form: HelperForm.MachineNumber })
            return AheadRole.Fire;
        bool mayAnswerZero = helper.Facts is { Pointer.Kind: PointerKind.None, Min: 0, Ones: 0 };
        return HelperEffects.MayBeSkipped(helper) && mayAnswerZero ? AheadRole.LeaveOut : AheadRole.Stop;
    }

    private bool IsLookup(Actor actor, out int map)
    {
        map = actor is { Kind: ActorKind.Helper, Map: >= 0, Expansion.Form: HelperForm.ArrayElement or HelperForm.PerCpuArrayElement or HelperForm.HashLookup or HelperForm.PrefixLookup } ? actor.Map : -1;
        return map >= 0;
    }

    /// <summary>The actors of an actor's expression besides itself; for a way out also those of what it gives merges.</summary>
    private IEnumerable<Actor> Parts(Actor actor)
    {
        var open = new Stack<Actor>(actor.Inputs);
        for (int exit = 0; actor.IsTerminator && exit < actor.Block!.Successors.Count; exit++)
        {
            Block next = actor.Block.Successors[exit];
            int way = next.PredecessorIndex(actor.Block, exit);
            foreach (Actor merge in next.Merges)
            {
                if (_placement.LocalOf(merge) >= 0)
                    open.Push(merge.Inputs[way]);
            }
        }
        while (open.TryPop(out Actor? part))
        {
            if (!_placement.IsInTree(part))
                continue;
            yield return part;
            foreach (Actor input in part.Inputs)
                open.Push(input);
        }
    }

    // From the ends: loops make rounds.
    private void FindWays()
    {
        IReadOnlyList<Block> blocks = _placement.Function.Blocks;
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = blocks.Count - 1; i >= 0; i--)
            {
                bool leads = blocks[i].Successors.Any(next => _leads[next.Index]);
                foreach (Actor actor in Standing(blocks[i]).Reverse())
                {
                    leads &= _roles[actor] != AheadRole.Stop;
                    if (leads)
                        changed |= _leading.Add(actor);
                    leads |= _sites.ContainsKey(actor);
                }
                changed |= leads && !_leads[i];
                _leads[i] |= leads;
            }
        }
    }

    // A block is reached by guesses alone when every way into it is; what no stage reaches counts as such.
    private void FindGuesses()
    {
        IReadOnlyList<Block> blocks = _placement.Function.Blocks;
        var ends = new bool[blocks.Count];
        Array.Fill(ends, true);
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (Block block in blocks)
            {
                bool guess = block.Index != 0 && block.Predecessors.All(edge => ends[edge.From.Index]);
                _guessIn[block.Index] = guess;
                foreach (Actor actor in Standing(block))
                    guess |= _roles[actor] is AheadRole.Guess or AheadRole.LeaveOut || !_leading.Contains(actor);
                changed |= ends[block.Index] != guess;
                ends[block.Index] = guess;
            }
        }
    }

    private bool FindPlaces()
    {
        var places = new List<Actor>();
        foreach (Block block in _placement.Function.Blocks)
        {
            if (!_leads[block.Index])
                continue;
            bool guess = _guessIn[block.Index];
            foreach (Actor actor in Standing(block))
            {
                if (guess)
                    _guesses.Add(actor);
                bool leaves = _roles[actor] is AheadRole.Guess or AheadRole.LeaveOut;
                if (_sites.ContainsKey(actor) || (leaves && !guess && _leading.Contains(actor)))
                    places.Add(actor);
                if (!_leading.Contains(actor))
                    break;
                guess |= leaves;
            }
        }
        if (places.Count > MostPlaces || Liveness.Before(_placement, places.ToHashSet()) is not { } live)
            return false;
        foreach (Actor actor in places)
        {
            var place = new ResumePlace(Places.Count + 1, actor, live[actor]);
            Places.Add(place);
            _places.Add(actor, place);
            Tokens = Math.Max(Tokens, place.Locals.Count);
        }
        return true;
    }
}
