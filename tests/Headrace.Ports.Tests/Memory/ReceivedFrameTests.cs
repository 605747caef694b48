using Headrace.Engine;

namespace Headrace.Ports.Tests;

public unsafe class ReceivedFrameTests
{
    [Fact]
    public void Every_field_but_the_verdict_is_set_and_no_neighbour_is_touched()
    {
        var frames = stackalloc Frame[3];
        new Span<byte>(frames, 3 * sizeof(Frame)).Fill(0xee);
        var before = frames[0];
        byte* buffer = stackalloc byte[512];
        ReceivedFrame.Describe(frames + 1, buffer, buffer + 256, 60, buffer + 512, 7 | (3UL << 32), 99, 12345);
        Frame frame = frames[1];
        Assert.Equal(((nint)buffer, (nint)buffer + 256, (nint)buffer + 256), ((nint)frame.HardStart, (nint)frame.Meta, (nint)frame.Data));
        Assert.Equal(((nint)buffer + 316, (nint)buffer + 512), ((nint)frame.End, (nint)frame.HardEnd));
        Assert.Equal((7u, 3u, 0u), (frame.IngressIfindex, frame.RxQueueIndex, frame.EgressIfindex));
        Assert.Equal((0u, 0u, 0u, 0ul), (frame.RedirectTarget, frame.RedirectFlags, frame.RedirectKey, frame.RedirectMap));
        Assert.Equal((0, 12345ul, 99ul), ((nint)frame.Skb, frame.Timestamp, frame.Buffer));
        foreach (int neighbour in (ReadOnlySpan<int>)[0, 2])
            Assert.True(new ReadOnlySpan<byte>(&before, sizeof(Frame)).SequenceEqual(new ReadOnlySpan<byte>(frames + neighbour, sizeof(Frame))));
    }
}
