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
        ReceivedFrame.Describe(frames + 1, buffer, buffer + 256, 60, buffer + 512, 7, 3, 99, 12345);
        uint verdict = frames[1].Verdict;
        var expected = new Frame
        {
            HardStart = buffer,
            Meta = buffer + 256,
            Data = buffer + 256,
            End = buffer + 316,
            HardEnd = buffer + 512,
            IngressIfindex = 7,
            RxQueueIndex = 3,
            Verdict = verdict,
            Timestamp = 12345,
            Buffer = 99,
        };
        Assert.True(new ReadOnlySpan<byte>(&expected, sizeof(Frame)).SequenceEqual(new ReadOnlySpan<byte>(frames + 1, sizeof(Frame))));
        foreach (int neighbour in (ReadOnlySpan<int>)[0, 2])
            Assert.True(new ReadOnlySpan<byte>(&before, sizeof(Frame)).SequenceEqual(new ReadOnlySpan<byte>(frames + neighbour, sizeof(Frame))));
    }
}
