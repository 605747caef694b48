namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    // The end of a path tells most of it; a program may have run a million instructions.
    private const int KeptSteps = 2048;

    /// <summary>Makes the explanation of the refusal; null when there is none.</summary>
    public Func<Explanation>? MakeExplanation { get; private set; }

    // Takes what an explanation needs out of the states, so that those can go.
    private void KeepExplanation()
    {
        string error = Error!;
        var path = new List<int>();
        for (VerifierState? state = State; state is not null && path.Count < KeptSteps; state = state.Parent)
        {
            for (int i = state.History.Count - 1; i >= 0 && path.Count < KeptSteps; i--)
                path.Add(state.History[i].Slot);
        }
        path.Reverse();
        string known = "";
        if (path.Count > 0 && State.Frames[State.CurrentFrame] is not null)
        {
            (int reads, _) = RegisterLiveness.Effects(Code[Slot]);
            known = StateText.Of(State, State.CurrentFrame, reads & 0x3ff, 0);
        }
        int[] steps = [.. path];
        MakeExplanation = () => new Explanation(Program, steps, known, error);
    }
}
