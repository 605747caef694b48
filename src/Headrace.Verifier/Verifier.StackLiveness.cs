using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    // By frame: slots that the current instruction wrote whole.
    private readonly ulong[] _written = new ulong[VerifierState.MaxFrames];

    /// <summary>The current instruction reads 8 bytes of a frame's stack, or some of them.</summary>
    internal void NoteStackRead(FunctionState frame, int index) => Frame.Chain.Read(frame.FrameNumber, Slot, 1UL << index);

    /// <summary>The current instruction writes 8 bytes of a frame's stack, all of them.</summary>
    internal void NoteStackWrite(FunctionState frame, int index) => _written[frame.FrameNumber] |= 1UL << index;

    // A call of a function is committed by what the function does.
    private static bool MayWriteStack(Instruction instruction) =>
        instruction.Opcode.Class is OpcodeClass.St or OpcodeClass.Stx || (instruction.IsCall && instruction.CallKind != CallKind.Local);

    /// <summary>Works out liveness for the frames of the current state, innermost first; when a path or a function ends.</summary>
    private void UpdateLiveStack()
    {
        for (int frame = State.CurrentFrame; frame >= 0; frame--)
            State.Frames[frame]!.Chain.Update();
    }

    /// <summary>Forgets of finished states at a slot what nothing read behind them, so that more states are covered by them.</summary>
    private void CleanKept(List<KeptState> kept)
    {
        foreach (KeptState candidate in kept)
        {
            if (candidate.IsCleaned || candidate.State.Branches > 0 || !SameCallSites(candidate.State, State) || HasOpenBackedges(candidate.State))
                continue;
            candidate.IsCleaned = true;
            Clean(candidate.State);
        }
    }

    private void Clean(VerifierState state)
    {
        for (int i = 0; i <= state.CurrentFrame; i++)
        {
            FunctionState frame = state.Frames[i]!;
            int at = i == state.CurrentFrame ? state.KeptAt : state.Frames[i + 1]!.CallSite;
            for (int r = 0; r < 10; r++)
            {
                if ((_live[at] & (1 << r)) == 0)
                    frame.Registers[r] = default;
            }
            ulong live = LiveSlots(state, i);
            for (int slot = 0; slot < frame.StackSlots; slot++)
            {
                if ((live & (1UL << slot)) == 0)
                    frame.Stack[slot] = default;
            }
        }
    }

    // Read from the state's place on, or after the calls that its frames are in have returned; a callback may be called again.
    private ulong LiveSlots(VerifierState state, int frame)
    {
        ulong live = state.Current.Chain.Live(frame, state.KeptAt);
        for (int i = frame; i < state.CurrentFrame; i++)
        {
            int callSite = state.Frames[i + 1]!.CallSite;
            live |= state.Frames[i]!.Chain.Live(frame, _flow.CallsBack[callSite] ? callSite : callSite + 1);
        }
        return live;
    }
}
