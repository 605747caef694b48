using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>Lets tokens that are never needed at the same time share a local: above all a loop's merges and what the next round brings them.</summary>
internal sealed class Liveness
{
    // Beyond so many locals, or bits for all blocks together, the tables are not worth their size.
    private const int MaxLocals = 4096;
    private const int MaxBits = 1 << 23;

    // As deep as loops in loops may lie in each other.
    private const int MaxRounds = 32;

    private readonly Placement _placement;
    private readonly int _count;
    private readonly int _words;
    private readonly ulong[][] _liveIn;
    private readonly ulong[] _meets;
    private readonly int[] _classes;
    private readonly List<int>?[] _members;

    private Liveness(Placement placement)
    {
        _placement = placement;
        _count = placement.Locals.Count;
        _words = (_count + 63) / 64;
        _liveIn = [.. placement.Function.Blocks.Select(_ => new ulong[_words])];
        _meets = new ulong[_count * _words];
        _classes = [.. Enumerable.Range(0, _count)];
        _members = new List<int>?[_count];
    }

    /// <summary>The variable of each local: locals of one variable share it.</summary>
    public static int[] Share(Placement placement)
    {
        int[] alone = [.. Enumerable.Range(0, placement.Locals.Count)];
        if (alone.Length is 0 or > MaxLocals || (long)alone.Length * placement.Function.Blocks.Count > MaxBits)
            return alone;
        var liveness = new Liveness(placement);
        if (!liveness.FindLive())
            return alone;
        foreach (Block block in placement.Function.Blocks)
            liveness.Walk(block, liveness.MeetAt);
        foreach (Block block in placement.Function.Blocks)
        {
            foreach (Actor merge in block.Actors)
            {
                if (merge.Kind != ActorKind.Merge)
                    break;
                liveness.Join(merge);
            }
        }
        return liveness._classes;
    }

    /// <summary>The locals that hold what is still needed right before some actors; null where there are too many to tell.</summary>
    public static Dictionary<Actor, List<int>>? Before(Placement placement, IReadOnlySet<Actor> places)
    {
        if (placement.Locals.Count > MaxLocals || (long)placement.Locals.Count * placement.Function.Blocks.Count > MaxBits)
            return null;
        var liveness = new Liveness(placement);
        if (!liveness.FindLive())
            return null;
        var before = new Dictionary<Actor, List<int>>();
        foreach (Block block in placement.Function.Blocks)
        {
            if (!block.Actors.Any(places.Contains))
                continue;
            liveness.Walk(block, null, (actor, live) =>
            {
                if (places.Contains(actor))
                    before[actor] = [.. Enumerable.Range(0, liveness._count).Where(local => (live[local >> 6] >> local & 1) != 0)];
            });
        }
        return before;
    }

    private bool FindLive()
    {
        IReadOnlyList<Block> blocks = _placement.Function.Blocks;
        bool changed = true;
        for (int round = 0; changed && round < MaxRounds; round++)
        {
            changed = false;
            for (int i = blocks.Count - 1; i >= 0; i--)
            {
                ulong[] live = Walk(blocks[i], null);
                if (live.AsSpan().SequenceEqual(_liveIn[i]))
                    continue;
                live.CopyTo(_liveIn[i], 0);
                changed = true;
            }
        }
        return !changed;
    }

    /// <summary>Goes through a block from its end and tells what is live where a local is set, and before each actor that is not a merge.</summary>
    /// <returns>What is live at its head, the merges not among it.</returns>
    private ulong[] Walk(Block block, Action<int, ulong[]>? set, Action<Actor, ulong[]>? before = null)
    {
        var live = new ulong[_words];
        for (int exit = 0; exit < block.Successors.Count; exit++)
        {
            Block next = block.Successors[exit];
            for (int word = 0; word < _words; word++)
                live[word] |= _liveIn[next.Index][word];
        }
        for (int exit = 0; exit < block.Successors.Count; exit++)
        {
            Block next = block.Successors[exit];
            int way = next.PredecessorIndex(block, exit);
            foreach (Actor merge in next.Actors)
            {
                if (merge.Kind != ActorKind.Merge)
                    break;
                if (_placement.LocalOf(merge) >= 0)
                    Use(merge.Inputs[way], live);
            }
        }
        IReadOnlyList<Actor> actors = block.Actors;
        for (int i = actors.Count - 1; i >= 0; i--)
        {
            Actor actor = actors[i];
            if (actor.IsLiteral || _placement.IsInTree(actor) || actor.Kind is ActorKind.Parameter)
                continue;
            if (actor.Kind == ActorKind.Merge)
            {
                // Merges are set together: each meets the others.
                for (int j = i; set is not null && j >= 0; j--)
                {
                    if (_placement.LocalOf(actors[j]) is >= 0 and var merge)
                        set(merge, live);
                }
                for (int j = i; j >= 0; j--)
                {
                    if (_placement.LocalOf(actors[j]) is >= 0 and var merge)
                        live[merge >> 6] &= ~(1UL << merge);
                }
                break;
            }
            if (_placement.LocalOf(actor) is >= 0 and var local)
            {
                set?.Invoke(local, live);
                live[local >> 6] &= ~(1UL << local);
            }
            foreach (Actor input in actor.Inputs)
                Use(input, live);
            before?.Invoke(actor, live);
        }
        return live;
    }

    private void Use(Actor actor, ulong[] live)
    {
        if (_placement.LocalOf(actor) is >= 0 and var local)
        {
            live[local >> 6] |= 1UL << local;
            return;
        }
        if (!_placement.IsInTree(actor))
            return;
        foreach (Actor input in actor.Inputs)
            Use(input, live);
    }

    private void MeetAt(int local, ulong[] live)
    {
        for (int word = 0; word < _words; word++)
            _meets[local * _words + word] |= live[word];
    }

    private bool Meet(int a, int b) => (_meets[a * _words + (b >> 6)] >> b & 1) != 0 || (_meets[b * _words + (a >> 6)] >> a & 1) != 0;

    private void Join(Actor merge)
    {
        int local = _placement.LocalOf(merge);
        if (local < 0)
            return;
        foreach (Actor input in merge.Inputs)
        {
            int other = _placement.LocalOf(input);
            if (other < 0 || _classes[other] == _classes[local] || Placement.IsNarrow(input) != Placement.IsNarrow(merge))
                continue;
            (int keeps, int goes) = (_classes[local], _classes[other]);
            List<int> these = _members[keeps] ??= [keeps], those = _members[goes] ??= [goes];
            if (these.Exists(a => those.Exists(b => Meet(a, b))))
                continue;
            foreach (int member in those)
                _classes[member] = keeps;
            these.AddRange(those);
            _members[goes] = null;
        }
    }
}
