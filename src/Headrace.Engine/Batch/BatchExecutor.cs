using System.Runtime.InteropServices;
using Headrace.Engine.Jit;

namespace Headrace.Engine;

/// <summary>The jit, with the entries of large tables fetched into the cache for a whole burst before its packets run.</summary>
/// <remarks>
/// First a probe, the part of the program that only reads, runs over the burst as far as each packet's first look-up in a large table; the
/// tables' lines are then asked for, step by step over all packets, so that their misses overlap. The next probe passes that look-up, whose
/// lines are there by now, and goes on to the second one, and so on. Then the program runs packet by packet, in order, as with
/// <see cref="JitExecutor"/>: fetching changes nothing but time, also when packets of a burst change what others look up.
/// </remarks>
public sealed unsafe class BatchExecutor : JitExecutor
{
    // Lines of so many packets stay in the first-level cache until they are used.
    private const int Chunk = 128;

    // Chunks that are probed only as deep as the last one that was probed to the end had something to fetch.
    private const int Trust = 63;

    // A pass that fetches for fewer than one in so many packets costs more than it saves.
    private const int LeastShare = 8;

    private readonly StageChoice _choice;
    private readonly bool _mayStage;
    private long[] _fetchedAt = [];
    private StagedLookup* _staged;
    private ProbeMethod? _probe;
    private int _trusted;
    private int _depth;
    private ulong _sites;
    private long _lookedAt;

    /// <summary>Makes an executor with a machine of its own.</summary>
    /// <param name="program">The program it starts.</param>
    /// <param name="options">What the machine tells the program of the world; null for the defaults.</param>
    public BatchExecutor(LoadedProgram program, MachineOptions? options = null) : base(program, options)
    {
        _choice = (options ?? new MachineOptions()).Stages;
        _mayStage = !program.IsPlain && _choice.Most > 0 && program.ReferencedMaps.Any(map => map.CanStage);
        _staged = (StagedLookup*)NativeMemory.AllocZeroed(Chunk, (nuint)sizeof(StagedLookup));
    }

    /// <summary>Look-ups that were fetched ahead.</summary>
    internal long Fetched { get; private set; }

    /// <summary>What is done about each look-up that could be staged, in the order of the program's code; measured on the bursts run so far.</summary>
    public IReadOnlyList<StageReport> Stages
    {
        get
        {
            _ = Program.Compiled.Probe;
            var reports = new List<StageReport>();
            foreach (ProbeSite site in Program.Compiled.ProbeSites)
            {
                Span<long> fetched = _fetchedAt.AsSpan(Math.Min(reports.Count * StageChoice.Limit, _fetchedAt.Length));
                fetched = fetched[..Math.Min(fetched.Length, StageChoice.Limit)];
                long sum = 0;
                foreach (long count in fetched)
                    sum += count;
                reports.Add(new StageReport(site.Map, site.Slot, site.Map.UsedBytes, sum == 0 ? 0 : fetched.IndexOfAnyExcept(0) + 1, sum == 0 ? 0 : (double)sum / _lookedAt));
            }
            return reports;
        }
    }

    /// <inheritdoc/>
    public override void Prepare()
    {
        base.Prepare();
        if (_mayStage)
            _probe = Program.Compiled.Probe;
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
            FetchTables(frames, here);
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
        NativeMemory.Free(_staged);
        _staged = null;
    }

    private void FetchTables(Frame* frames, int count)
    {
        bool looks = --_trusted < 0;
        if (looks)
            Choose(count);
        int most = looks ? _sites == 0 ? 0 : _choice.Most : _depth, pass = 0;
        ProbeMethod? probe = _probe;
        for (; probe is not null && pass < most; pass++)
        {
            int left = probe(Machine, frames, count, _staged, pass, _sites);
            if (left * LeastShare < count)
                break;
            Fetched += left;
            for (int i = 0; looks && i < left; i++)
                _fetchedAt[_staged[i].Site * StageChoice.Limit + pass]++;
            while (left > 0)
                left = Step(left);
        }
        if (looks)
        {
            _trusted = Trust;
            _depth = pass;
        }
    }

    // Tables grow and shrink while programs run. The probe is compiled when one is large first.
    private void Choose(int count)
    {
        if (_probe is null && HasWorth())
            _probe = Program.Compiled.Probe;
        ReadOnlySpan<ProbeSite> sites = Program.Compiled.ProbeSites;
        if (_fetchedAt.Length == 0 && sites.Length > 0)
            _fetchedAt = new long[sites.Length * StageChoice.Limit];
        _sites = 0;
        for (int i = 0; i < sites.Length; i++)
        {
            if (IsWorth(sites[i].Map))
                _sites |= 1UL << i;
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
            StagedLookup* lookup = _staged + i;
            if (!lookup->Step(lookup))
                continue;
            if (left != i)
                _staged[left] = *lookup;
            left++;
        }
        return left;
    }
}
