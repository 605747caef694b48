namespace Headrace.Engine.Tests;

public unsafe class PacketBurstTests
{
    [Fact]
    public void Packet_has_the_kernels_room_around_it()
    {
        using var burst = new PacketBurst(2);
        burst.Add([1, 2, 3]);
        burst.Add(new byte[PacketBurst.MaxLinearLength]);
        Frame* frame = burst.Frames;
        Assert.Equal(256, frame->Data - frame->HardStart);
        Assert.Equal(4096 - 320, frame->HardEnd - frame->HardStart);
        Assert.Equal(3, frame->Length);
        Assert.True(frame->Meta == frame->Data);
        Assert.True(burst.Frames[1].End == burst.Frames[1].HardEnd);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3521)]
    [InlineData(65535)]
    public void Packet_of_any_length_keeps_its_bytes(int length)
    {
        byte[] packet = new byte[length];
        new Random(length).NextBytes(packet);
        using var burst = new PacketBurst(1);
        burst.Add(packet);
        Assert.True(packet.AsSpan().SequenceEqual(burst[0]));
    }

    [Fact]
    public void Reset_gives_back_bytes_place_and_fields()
    {
        byte[] packet = [1, 2, 3, 4, 5, 6, 7, 8];
        using var burst = new PacketBurst(4, socketBuffers: true);
        for (int i = 0; i < 4; i++)
            burst.Add(packet, ingressIfindex: 5);
        for (int i = 0; i < 4; i++)
        {
            Frame* frame = burst.Frames + i;
            frame->Data -= 20;
            frame->Meta = frame->Data - 8;
            new Span<byte>(frame->Meta, 32).Fill(0xee);
            frame->End += 100;
            frame->Verdict = 4;
            frame->RedirectTarget = 9;
            frame->Skb->Mark = 77;
        }
        burst.Reset();
        for (int i = 0; i < 4; i++)
        {
            Frame* frame = burst.Frames + i;
            Assert.True(packet.AsSpan().SequenceEqual(burst[i]));
            Assert.Equal(256, frame->Data - frame->HardStart);
            Assert.True(new ReadOnlySpan<byte>(frame->HardStart, 256).IndexOfAnyExcept((byte)0) < 0, "the headroom is not empty");
            Assert.Equal((0u, 0u, 0u, 5u), (frame->Verdict, frame->RedirectTarget, frame->Skb->Mark, frame->IngressIfindex));
        }
    }

    [Fact]
    public void Cleared_burst_takes_new_packets()
    {
        using var burst = new PacketBurst(1);
        burst.Add(new byte[60000]);
        Assert.Throws<InvalidOperationException>(() => burst.Add([1]));
        burst.Clear();
        burst.Add([9]);
        burst.Reset();
        Assert.Equal([9], burst[0].ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => burst[1].ToArray());
        burst.Clear();
        Assert.Throws<ArgumentException>(() => burst.Add(new byte[65536]));
    }

    [Fact]
    public void Burst_runs_in_order_and_repeats_alike()
    {
        const string Text = """
            r2 = *(u32 *)(r1 +0)
            r0 = *(u8 *)(r2 +0)
            *(u8 *)(r2 +0) = 99
            exit
            """;
        using Collection collection = TestProgram.Load(TestProgram.Spec(Text));
        foreach (EngineKind engine in Enum.GetValues<EngineKind>())
        {
            using Executor executor = collection.Programs["main"].CreateExecutor(engine);
            using var burst = new PacketBurst(64);
            for (int i = 0; i < 64; i++)
                burst.Add([(byte)i, 1, 2, 3]);
            for (int repeat = 0; repeat < 3; repeat++)
            {
                burst.Reset();
                executor.Run(burst.Frames, burst.Count);
                for (int i = 0; i < 64; i++)
                    Assert.Equal(((uint)i, 99), (burst.Frames[i].Verdict, burst[i][0]));
            }
        }
    }

    [Fact]
    public void Frames_before_a_fault_have_their_verdicts()
    {
        const string Text = """
            r2 = *(u32 *)(r1 +0)
            r0 = *(u8 *)(r2 +1)
            exit
            """;
        using Collection collection = TestProgram.Load(TestProgram.Spec(Text));
        foreach (EngineKind engine in Enum.GetValues<EngineKind>())
        {
            using Executor executor = collection.Programs["main"].CreateExecutor(engine);
            using var burst = new PacketBurst(2);
            burst.Add([1, 8]);
            burst.Add([1]);
            Assert.Throws<ProgramFaultException>(() => executor.Run(burst.Frames, 2));
            Assert.Equal(8u, burst.Frames[0].Verdict);
        }
    }
}
