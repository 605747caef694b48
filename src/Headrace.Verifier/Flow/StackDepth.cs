using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>Checks how much stack a chain of calls takes together.</summary>
internal sealed class StackDepth(Verifier verifier, ControlFlow flow, int[] depths)
{
    private const int Rounding = 16; // what compiled programs align their frames to
    private const int Open = -1;

    private readonly (int Bytes, int Frames)[] _deepest = new (int, int)[flow.Count];

    /// <summary>Refuses chains that take more than one frame may, or nest too deep.</summary>
    public void Check()
    {
        for (int i = 0; i < flow.Count; i++)
        {
            if (i != 0 && !verifier.IsGlobal(i))
                continue;
            (int bytes, int frames) = Deepest(i);
            if (frames > VerifierState.MaxFrames)
                throw TooDeep();
            if (bytes > Verifier.MaxStack)
                throw verifier.Reject($"combined stack size of {frames} calls is {bytes}. Too large", VerifierErrno.Access);
        }
    }

    private (int Bytes, int Frames) Deepest(int subprogram)
    {
        ref (int Bytes, int Frames) known = ref _deepest[subprogram];
        if (known.Frames == Open)
            throw TooDeep();
        if (known.Frames > 0)
            return known;
        known.Frames = Open;
        int own = (Math.Max(depths[subprogram], 1) + Rounding - 1) / Rounding * Rounding;
        int bytes = 0, frames = 0;
        for (int slot = flow.Starts[subprogram]; slot < flow.End(subprogram); slot++)
        {
            Instruction instruction = verifier.Code[slot];
            bool calls = (instruction.IsCall && instruction.CallKind == CallKind.Local)
                || (instruction.Opcode.IsWideLoad && instruction.WideLoadKind == WideLoadKind.Function);
            if (!calls)
                continue;
            (int below, int more) = Deepest(flow.Find(slot + 1 + instruction.Imm32));
            if (below > bytes)
                (bytes, frames) = (below, more);
            else
                frames = Math.Max(frames, more);
            if (frames >= VerifierState.MaxFrames)
                throw TooDeep();
        }
        _deepest[subprogram] = (own + bytes, frames + 1);
        return _deepest[subprogram];
    }

    private Exception TooDeep() => verifier.Reject($"the call stack of {VerifierState.MaxFrames + 1} frames is too deep !", VerifierErrno.TooBig);
}
