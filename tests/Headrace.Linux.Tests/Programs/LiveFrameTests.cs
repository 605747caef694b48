using Headrace.Bytecode;
using Headrace.Linux.Tests.Rings;

namespace Headrace.Linux.Tests.Programs;

public class LiveFrameTests
{
    [Fact]
    public void Frames_arrive_at_the_other_end_of_a_veth()
    {
        RequiresKernel.OrSkip();
        const int Frames = 100_000;
        using var pair = new VethPair();
        using KernelCollection receiver = RingTrial.Load();
        using KernelProgram generator = KernelProgram.Returning(XdpAction.Tx);
        XdpLink sink;
        using (NetworkNamespace.Enter(pair.Far))
            sink = receiver.Programs["emit"].AttachXdp(VethPair.Device, XdpMode.Native);
        using (pair.EnterNear())
        {
            generator.SendFrames(RingTrial.Packet(), Frames, VethPair.Device);
            KernelException large = Assert.Throws<KernelException>(() => generator.SendFrames(new byte[70_000], 1, VethPair.Device));
            Assert.Equal("EINVAL", large.ErrnoName);
            Assert.Throws<HeadraceException>(() => generator.SendFrames(RingTrial.Packet(), 1, "nothere"));
        }
        ulong Received() => receiver.Variables["sequence"].Get<ulong>();
        // A veth's queue is finite: what it drops depends on who runs when. Most must arrive and nothing may come of itself.
        Eventually.Holds(() => Received() > Frames / 2, "half of the frames arrived");
        Assert.InRange(Received(), (ulong)Frames / 2, (ulong)Frames + 100);
        sink.Dispose();
    }
}
