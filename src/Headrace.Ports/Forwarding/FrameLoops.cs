using System.Runtime.CompilerServices;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>Short loops over the descriptions of a burst. Each is a method by itself: inlined into a long one it would keep its variables in memory.</summary>
internal static unsafe class FrameLoops
{
    /// <summary>Gives all frames a verdict.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SetVerdicts(Frame* frames, int count, uint verdict)
    {
        for (Frame* end = frames + count; frames < end; frames++)
            frames->Verdict = verdict;
    }

    /// <summary>True when all frames have the first one's verdict.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool HaveOneVerdict(Frame* frames, int count)
    {
        uint first = frames->Verdict, others = 0;
        for (Frame* end = frames + count; frames < end; frames++)
            others |= frames->Verdict ^ first;
        return others == 0;
    }

    /// <summary>How many frames from the first on have its time stamp.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int CountSameTimestamp(Frame* frames, int count)
    {
        Frame* end = frames + count, next = frames + 1;
        while (next < end && next->Timestamp == frames->Timestamp)
            next++;
        return (int)(next - frames);
    }
}
