using System.Runtime.InteropServices;

namespace Headrace.Verifier;

/// <summary>A function as one chain of calls reaches it, with what is known of the stacks it can touch: its own and its callers'.</summary>
/// <remarks>
/// A textbook live-variable analysis over the slots of the stack that grows while paths are walked: reads add up over paths, and only what
/// every path writes counts as written. Linux 6.18 has the same analysis, so that states are compared here in what is compared there.
/// </remarks>
internal sealed class CallChain
{
    private readonly ControlFlow _flow;
    private readonly CallChain? _caller;
    private readonly int _callSite;
    private readonly int _start;
    private readonly int _count;
    private readonly StackMasks[]?[] _frames;
    private readonly bool[] _isCommitted;
    private readonly Stack<(int Frame, int Slot)> _open = new();
    private Dictionary<(int CallSite, int Subprogram), CallChain>? _callees;
    private Dictionary<int, LoopVisit>? _loops;
    private bool _isUpdated, _isDropped;

    /// <summary>A chain.</summary>
    /// <param name="flow">The program's shape.</param>
    /// <param name="subprogram">The function it ends in.</param>
    /// <param name="caller">The chain that calls it; null for a function that nobody calls.</param>
    /// <param name="callSite">The call.</param>
    public CallChain(ControlFlow flow, int subprogram, CallChain? caller = null, int callSite = -1)
    {
        (_flow, _caller, _callSite) = (flow, caller, callSite);
        Depth = caller is null ? 0 : caller.Depth + 1;
        _start = flow.Starts[subprogram];
        _count = flow.End(subprogram) - _start;
        _frames = new StackMasks[Depth + 1][];
        _isCommitted = new bool[_count];
    }

    /// <summary>The number of its frame.</summary>
    public int Depth { get; }

    /// <summary>The chain that goes on from here through a call.</summary>
    public CallChain Callee(int callSite, int subprogram)
    {
        _callees ??= [];
        ref CallChain? callee = ref CollectionsMarshal.GetValueRefOrAddDefault(_callees, (callSite, subprogram), out _);
        return callee ??= new CallChain(_flow, subprogram, this, callSite);
    }

    /// <summary>The visit of a loop on this chain.</summary>
    /// <param name="component">The loop's number in <see cref="ControlFlow.Components"/>.</param>
    /// <param name="make">True to begin one where there is none.</param>
    public LoopVisit? Loop(int component, bool make)
    {
        if (!make)
            return _loops?.GetValueOrDefault(component);
        _loops ??= [];
        ref LoopVisit? visit = ref CollectionsMarshal.GetValueRefOrAddDefault(_loops, component, out _);
        return visit ??= new LoopVisit();
    }

    /// <summary>An instruction reads slots of a frame's stack.</summary>
    public void Read(int frame, int slot, ulong slots)
    {
        if (slots == 0)
            return;
        ref StackMasks masks = ref Masks(frame, slot);
        if ((masks.MayRead | slots) == masks.MayRead)
            return;
        masks.MayRead |= slots;
        if ((masks.Live | slots) == masks.Live)
            return;
        _isUpdated = true;
        _open.Push((frame, slot));
    }

    /// <summary>A path has come by an instruction that can write to the stack.</summary>
    /// <param name="slot">The instruction.</param>
    /// <param name="written">By frame: the slots it wrote whole this time.</param>
    public void Commit(int slot, ReadOnlySpan<ulong> written)
    {
        bool again = _isCommitted[slot - _start];
        for (int frame = 0; frame <= Depth; frame++)
        {
            ulong mask = written[frame];
            // A frame whose stack nobody has touched yet has nothing to lose.
            if (_frames[frame] is null && (mask == 0 || again))
                continue;
            ref StackMasks masks = ref Masks(frame, slot);
            if (again)
                mask &= masks.MustWrite;
            if (masks.MustWrite == mask)
                continue;
            _isDropped |= (masks.MustWrite & ~mask) != 0;
            masks.MustWrite = mask;
            _isUpdated = true;
            _open.Push((frame, slot));
        }
        _isCommitted[slot - _start] = true;
    }

    /// <summary>Works out what the reads and writes seen so far mean for the instructions before them, and tells the caller's chain.</summary>
    public void Update()
    {
        if (!_isUpdated)
            return;
        if (_isDropped && Depth > 0)
            ForgetLaterWrites();
        while (_open.TryPop(out (int Frame, int Slot) place))
            Propagate(place.Frame, place.Slot);
        (_isUpdated, _isDropped) = (false, false);
        if (_caller is null)
            return;
        Span<ulong> written = stackalloc ulong[VerifierState.MaxFrames];
        for (int frame = 0; frame < Depth; frame++)
        {
            if (_frames[frame] is not { } masks)
                continue;
            written[frame] = masks[0].MustWriteLater;
            _caller.Read(frame, _callSite, masks[0].Live);
        }
        _caller.Commit(_callSite, written);
    }

    /// <summary>Slots of a frame's stack that are read at an instruction of this function or later in it.</summary>
    public ulong Live(int frame, int slot) => _frames[frame] is { } masks ? masks[slot - _start].Live : 0;

    private void Propagate(int frame, int slot)
    {
        StackMasks[] all = _frames[frame]!;
        ref StackMasks masks = ref all[slot - _start];
        (int next, int target) = _flow.Successors(slot);
        ulong after = 0, later = next < 0 && target < 0 ? 0 : ulong.MaxValue;
        Join(all, next, ref after, ref later);
        Join(all, target, ref after, ref later);
        ulong live = (after & ~masks.MustWrite) | masks.MayRead;
        // Only a caller asks what is written later, and only of its own stack.
        later = frame < Depth ? later | masks.MustWrite : 0;
        if (live == masks.Live && later == masks.MustWriteLater)
            return;
        (masks.Live, masks.MustWriteLater) = (live, later);
        foreach (int before in _flow.Predecessors(slot))
            _open.Push((frame, before));
    }

    private void Join(StackMasks[] all, int slot, ref ulong after, ref ulong later)
    {
        if (slot < 0)
            return;
        after |= all[slot - _start].Live;
        later &= all[slot - _start].MustWriteLater;
    }

    // What was thought written may have been passed on round a loop: all is worked out anew.
    private void ForgetLaterWrites()
    {
        for (int frame = 0; frame < Depth; frame++)
        {
            if (_frames[frame] is not { } masks)
                continue;
            for (int i = 0; i < _count; i++)
            {
                masks[i].MustWriteLater = 0;
                _open.Push((frame, _start + i));
            }
        }
    }

    private ref StackMasks Masks(int frame, int slot) => ref (_frames[frame] ??= new StackMasks[_count])[slot - _start];
}
