namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    // So many rounds of carrying back settle any loop a compiler makes; beyond, everything counts as relied on.
    private const int MaxBackedgeRounds = 64;

    private int _openBackedges;

    // The outermost loop that a kept state stands in: one of its frames' places lies in it.
    private LoopVisit? VisitOf(VerifierState state, bool make)
    {
        for (int i = 0; i <= state.CurrentFrame; i++)
        {
            int at = i == state.CurrentFrame ? state.KeptAt : state.Frames[i + 1]!.CallSite;
            if (_flow.Components[at] is > 0 and var component)
                return state.Frames[i]!.Chain.Loop(component, make);
        }
        return null;
    }

    private bool HasOpenBackedges(VerifierState state) => _openBackedges > 0 && VisitOf(state, make: false) is { Backedges.Count: > 0 };

    private void EnterLoop(VerifierState kept)
    {
        if (VisitOf(kept, make: true) is { } visit)
            visit.Entry ??= kept;
    }

    // All paths from a kept state are finished: if a loop was entered with it, what its states came to rely on is known now.
    private void LeaveLoop(VerifierState kept)
    {
        if (VisitOf(kept, make: false) is not { } visit || visit.Entry != kept)
            return;
        visit.Entry = null;
        if (visit.Backedges.Count == 0)
            return;
        int round = 0;
        bool changed;
        do
        {
            changed = false;
            if (++round > MaxBackedgeRounds)
            {
                foreach ((VerifierState arrived, _) in visit.Backedges)
                    MarkAllPrecise(arrived);
                break;
            }
            foreach ((VerifierState arrived, VerifierState covering) in visit.Backedges)
                changed |= PropagatePrecision(covering, arrived);
        }
        while (changed);
        _openBackedges -= visit.Backedges.Count;
        visit.Backedges.Clear();
    }
}
