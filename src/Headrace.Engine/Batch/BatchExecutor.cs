using System.Runtime.InteropServices;
using Headrace.Engine.Jit;

namespace Headrace.Engine;

/// <summary>Runs programs in stages: look-ups in tables beyond the cache are asked for over the whole burst, so that their misses overlap.</summary>
/// <remarks>
/// The graph is cut at these look-ups. A stage takes each packet of the burst from one cut to the next, hashes the key, asks for the table's lines and
/// puts the tokens that cross the cut into the packet's record; the last stage takes each packet, in order, from where it stands to the
/// end. Stages ahead fire nothing that others could notice, and a packet stands nowhere behind a read of what the program writes: so all effects come
/// in the order of running packet by packet, and each packet sees those of the ones before it. Programs without such look-ups
/// run as with <see cref="JitExecutor"/>.
/// </remarks>
public sealed unsafe class BatchExecutor : JitExecutor
{
    // Lines of so many packets stay in the first-level cache until they are used.
    private const int Chunk = 128;

    // Chunks with no more stages than the last one that was looked at had something to fetch for.
    private const int Trust = 63;

    // A stage that fetches for fewer than one in so many packets costs more than it saves.
    private const int LeastShare = 8;

    private readonly StageChoice _choice;
    private readonly bool _mayStage;
    private long[] _fetchedAt = [];
    private StagedBurst* _burst;
    private StagedProgram? _stages;
    private byte* _stacks;
    private int _trusted;
    private int _depth;
    private long _lookedAt;

    /// <summary>Makes an executor with a machine of its own.</summary>
    /// <param name="program">The program it starts.</param>
    /// <param name="options">What the machine tells the program of the world; null for the defaults.</param>
    public BatchExecutor(LoadedProgram program, MachineOptions? options = null) : base(program, EngineKind.Batch, null, options)
    {
        _choice = (options ?? new MachineOptions()).Stages;
        _mayStage = !program.IsPlain && _choice.Most > 0 && program.ReferencedMaps.Any(map => map.CanStage);
        _burst = (StagedBurst*)NativeMemory.AllocZeroed((nuint)sizeof(StagedBurst));
        _burst->Lookups = (StagedLookup*)NativeMemory.AllocZeroed(Chunk, (nuint)sizeof(StagedLookup));
    }

    /// <summary>Look-ups that were fetched ahead.</summary>
    internal long Fetched { get; private set; }

    /// <summary>What is done about each look-up that could be staged, in the order of the program's code; measured on the bursts run so far.</summary>
    public IReadOnlyList<StageReport> Stages
    {
        get
        {
            var reports = new List<StageReport>();
            StagedSite[] sites = Program.Compiled.Staged?.Sites ?? [];
            for (int site = 0; site < sites.Length; site++)
            {
                Span<long> fetched = _fetchedAt.AsSpan(Math.Min(site * StageChoice.Limit, _fetchedAt.Length));
                fetched = fetched[..Math.Min(fetched.Length, StageChoice.Limit)];
                long sum = 0;
                foreach (long count in fetched)
                    sum += count;
                (Map map, int slot) = sites[site];
                reports.Add(new StageReport(map, slot, map.UsedBytes, sum == 0 ? 0 : fetched.IndexOfAnyExcept(0) + 1, sum == 0 ? 0 : (double)sum / _lookedAt));
            }
            return [.. reports.OrderBy(report => report.Slot)];
        }
    }

    /// <inheritdoc/>
    public override void Prepare()
    {
        base.Prepare();
        if (_mayStage)
            TakeStages();
    }

    /// <inheritdoc/>
    public override void Run(Frame* frames, int count)
    {
        if (!_mayStage || count == 0)
        {
            base.Run(frames, count);
            return;
        }
        int here;
        do
        {
            here = Math.Min(count, Chunk);
            if (RunAhead(frames, here))
                RunLast(frames, here);
            else
                base.Run(frames, here);
            frames += here;
            count -= here;
        }
        while (count > 0);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (_burst == null)
            return;
        NativeMemory.AlignedFree(_burst->Records);
        NativeMemory.AlignedFree(_stacks);
        NativeMemory.Free(_burst->Lookups);
        NativeMemory.Free(_burst);
        _burst = null;
    }

    /// <summary>Runs the stages that fetch something.</summary>
    /// <returns>False when there is none: the packets stand where they stood.</returns>
    private bool RunAhead(Frame* frames, int count)
    {
        bool looks = --_trusted < 0;
        if (looks)
            Choose(count);
        int most = looks ? _burst->Sites == 0 ? 0 : _choice.Most : _depth, stage = 0;
        bool ran = false;
        for (; _stages is { } stages && stage < most; stage++)
        {
            _burst->Stage = stage;
            int left = stages.Ahead(Machine, frames, count, _burst);
            ran = true;
            if (left * LeastShare < count)
                break;
            Fetched += left;
            for (int i = 0; looks && i < left; i++)
                _fetchedAt[_burst->Lookups[i].Site * StageChoice.Limit + stage]++;
            while (left > 0)
                left = Step(left);
        }
        if (looks)
        {
            _trusted = Trust;
            _depth = stage;
        }
        return ran;
    }

    private void RunLast(Frame* frames, int count)
    {
        byte* top = Machine.State->StackTop;
        Machine.Begin(Program, frames);
        try
        {
            _stages!.Last(Machine, frames, count, _burst);
        }
        finally
        {
            Machine.State->StackTop = top;
            Machine.End();
        }
    }

    private void TakeStages()
    {
        if (_stages is not null || Program.Compiled.Staged is not { } stages)
            return;
        _fetchedAt = new long[stages.Sites.Length * StageChoice.Limit];
        _burst->Records = (byte*)NativeMemory.AlignedAlloc((nuint)(Chunk * stages.RecordBytes), 64);
        _burst->Top = Machine.State->StackTop;
        if (stages.StackStride > 0)
        {
            nuint bytes = (nuint)(Chunk * stages.StackStride);
            _stacks = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
            NativeMemory.Clear(_stacks, bytes);
            _burst->Top = _stacks + stages.StackStride;
        }
        _stages = stages;
    }

    // Tables grow and shrink while programs run. Stages are compiled when one is large first.
    private void Choose(int count)
    {
        if (_stages is null && HasWorth())
            TakeStages();
        ReadOnlySpan<StagedSite> sites = _stages?.Sites;
        _burst->Sites = 0;
        for (int i = 0; i < sites.Length; i++)
        {
            if (IsWorth(sites[i].Map))
                _burst->Sites |= 1UL << i;
        }
        _lookedAt += count;
    }

    private bool HasWorth()
    {
        foreach (Map map in Program.ReferencedMaps)
        {
            if (map.CanStage && IsWorth(map))
                return true;
        }
        return false;
    }

    private bool IsWorth(Map map) => _choice.EverySize || map.UsedBytes >= Cache.LargeTable;

    // One step of each; those that have more to do move to the front.
    private int Step(int count)
    {
        int left = 0;
        for (int i = 0; i < count; i++)
        {
            StagedLookup* lookup = _burst->Lookups + i;
            if (!lookup->Step(lookup))
                continue;
            if (left != i)
                _burst->Lookups[left] = *lookup;
            left++;
        }
        return left;
    }
}
