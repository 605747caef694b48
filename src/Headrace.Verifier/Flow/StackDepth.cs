namespace Headrace.Verifier;

/// <summary>Checks how much stack a chain of calls takes together.</summary>
internal static class StackDepth
{
    private const int Rounding = 32;

    /// <summary>Refuses chains that take more than one frame may, or nest too deep.</summary>
    public static void Check(Verifier verifier, ControlFlow flow, int[] depths, List<(int Slot, int Subprogram)>[] callees)
    {
        for (int i = 0; i < flow.Count; i++)
        {
            if (i == 0 || verifier.IsGlobal(i))
                Walk(verifier, flow, depths, callees, i, 0, 1);
        }
    }

    private static void Walk(Verifier verifier, ControlFlow flow, int[] depths, List<(int Slot, int Subprogram)>[] callees, int subprogram, int above, int frames)
    {
        int total = above + Round(depths[subprogram]);
        if (total > Verifier.MaxStack)
            throw verifier.Reject($"combined stack size of {frames} calls is {total}. Too large", VerifierErrno.Access);
        foreach ((int slot, int callee) in callees[subprogram].Distinct())
        {
            if (frames >= VerifierState.MaxFrames)
                throw verifier.Reject($"the call stack of {frames + 1} frames is too deep !", VerifierErrno.TooBig);
            Walk(verifier, flow, depths, callees, callee, total, frames + 1);
        }
    }

    private static int Round(int depth) => (Math.Max(depth, 1) + Rounding - 1) / Rounding * Rounding;
}
