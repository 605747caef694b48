using System.Text.RegularExpressions;
using Headrace.Engine;

namespace Headrace.Ports.Tests;

/// <summary>Uses a queue as a worker does while somebody writes into its rings, and checks whatever it lends.</summary>
/// <param name="random">Sizes of bursts, and what is sent on.</param>
/// <param name="queue">The queue.</param>
/// <param name="longest">Longest frame that is sent to it.</param>
/// <param name="isShared">True when frames are lent where the peer has them: it may have put two in one place.</param>
internal sealed unsafe class HostileRun(Random random, PacketQueue queue, int longest, bool isShared = false) : IDisposable
{
    private readonly FrameSource _source = new(_ => 60 + random.Next(longest - 60));
    private readonly FrameArray _frames = new(64);
    private readonly SortedDictionary<string, int> _reasons = new(StringComparer.Ordinal);

    /// <summary>Descriptors, indices and tails written so far.</summary>
    public long Cases { get; private set; }

    /// <summary>One connection's life: up to a number of rounds, or until the session gives it up.</summary>
    /// <param name="session">Where faults are reported.</param>
    /// <param name="rounds">Rounds at most.</param>
    /// <param name="damage">Writes into the rings; how many places.</param>
    public void Serve(PeerSession session, int rounds, Func<int> damage)
    {
        for (int i = 0; i < rounds && session.Fault is null; i++)
        {
            Cases += damage();
            int count = queue.Receive(_frames.Frames, random.Next(1, _frames.Capacity + 1));
            Check(count);
            if (random.Next(2) == 0)
                queue.Release(_frames.Frames, count);
            else
                queue.Send(queue, _frames.Frames, count);
            _source.SendTo(queue, random.Next(1, 8));
            queue.Flush();
        }
        if (session.Fault is { } fault)
        {
            string reason = Regex.Replace(fault, @"\d+", "N");
            _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
        }
    }

    /// <summary>The end: nothing is kept, and there was something to test.</summary>
    public void Finish(ITestOutputHelper output)
    {
        Assert.Equal(0, _source.Lent);
        output.WriteLine($"{Cases} places written, {queue.Counters.Received} frames received, {queue.Counters.Sent} sent; connections given up:");
        foreach ((string reason, int count) in _reasons)
            output.WriteLine($"{count,8} {reason}");
        Assert.True(_reasons.Count > 0 && queue.Counters.Received > Cases / 500 && queue.Counters.Sent > Cases / 500, "this tests nothing");
    }

    public void Dispose()
    {
        _source.Dispose();
        _frames.Dispose();
    }

    private void Check(int count)
    {
        var starts = new HashSet<nint>();
        for (int i = 0; i < count; i++)
        {
            Frame* frame = _frames.Frames + i;
            Assert.True(frame->HardStart <= frame->Data && frame->Data + 14 <= frame->End && frame->End <= frame->HardEnd);
            Assert.True(isShared || starts.Add((nint)frame->HardStart), "a buffer was lent twice");
            // A program reads all of it and writes some.
            uint sum = 0;
            for (byte* at = frame->Data; at < frame->End; at++)
                sum += *at;
            *frame->Data ^= (byte)sum;
        }
    }
}
