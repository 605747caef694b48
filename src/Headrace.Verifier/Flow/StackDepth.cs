using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>Checks how much stack a chain of calls takes together.</summary>
/// <remarks>Chains are walked in the order of the kernel, so that the first that takes too much is the same; those that cannot are passed over.</remarks>
internal sealed class StackDepth(Verifier verifier, ControlFlow flow, int[] depths)
{
    private const int Rounding = 16; // what compiled programs align their frames to
    private const int Open = -1;

    // A caller of what may end in a tail call leaves half of the stack: 33 tail calls then stay within the kernel's (verifier.rst).
    private const int BeforeTailCall = 256;

    private readonly (int Bytes, int Frames)[] _deepest = new (int, int)[flow.Count];

    /// <summary>Refuses chains that take more than one frame may, or nest too deep.</summary>
    public void Check()
    {
        for (int i = flow.Count - 1; i >= 0; i--)
        {
            if (i == 0 || flow.RunsLater[i])
                Walk(i, 0, 0);
        }
    }

    private void Walk(int subprogram, int above, int frame)
    {
        if (subprogram > 0 && flow.CallsTail[subprogram] && above >= BeforeTailCall)
            throw verifier.Reject($"tail_calls are not allowed when call stack of previous frames is {above} bytes. Too large", VerifierErrno.Access);
        int depth = above + Own(subprogram);
        if (depth > Verifier.MaxStack)
            throw verifier.Reject($"combined stack size of {frame + 1} calls is {depth}. Too large", VerifierErrno.Access);
        foreach (int callee in CalleesOf(subprogram))
        {
            if (frame + 1 >= VerifierState.MaxFrames)
                throw verifier.Reject($"the call stack of {frame + 1} frames is too deep !", VerifierErrno.TooBig);
            (int bytes, int frames) = Deepest(callee, 0);
            if (depth + bytes > Verifier.MaxStack || frame + 1 + frames > VerifierState.MaxFrames || depth + bytes >= BeforeTailCall)
                Walk(callee, depth, frame + 1);
        }
    }

    private int Own(int subprogram) => (depths[subprogram] + Rounding - 1) / Rounding * Rounding;

    // Recursion counts as too many frames.
    private (int Bytes, int Frames) Deepest(int subprogram, int frame)
    {
        ref (int Bytes, int Frames) known = ref _deepest[subprogram];
        if (known.Frames == Open || frame > VerifierState.MaxFrames)
            return (0, VerifierState.MaxFrames + 1);
        if (known.Frames > 0)
            return known;
        known.Frames = Open;
        int bytes = 0, frames = 0;
        foreach (int callee in CalleesOf(subprogram))
        {
            (int below, int more) = Deepest(callee, frame + 1);
            (bytes, frames) = (Math.Max(bytes, below), Math.Max(frames, more));
        }
        _deepest[subprogram] = (Own(subprogram) + bytes, Math.Min(frames, VerifierState.MaxFrames) + 1);
        return _deepest[subprogram];
    }

    private IEnumerable<int> CalleesOf(int subprogram)
    {
        for (int slot = flow.Starts[subprogram]; slot < flow.End(subprogram); slot++)
        {
            Instruction instruction = verifier.Code[slot];
            bool calls = instruction.IsCall && instruction.CallKind == CallKind.Local;
            bool refers = instruction.Opcode.IsWideLoad && instruction.WideLoadKind == WideLoadKind.Function;
            if (!calls && !refers)
                continue;
            int callee = flow.Find(slot + 1 + instruction.Imm32);
            // What runs later has a stack of its own.
            if (calls || !flow.RunsLater[callee])
                yield return callee;
        }
    }
}
