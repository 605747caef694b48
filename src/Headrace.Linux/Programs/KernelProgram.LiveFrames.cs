using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <content>Live frames: the kernel's packet generator.</content>
public sealed unsafe partial class KernelProgram
{
    private const uint LiveFrames = 1 << 1; // BPF_F_TEST_XDP_LIVE_FRAMES
    private const int DefaultBatch = 64; // what the kernel takes for 0
    private const int MaxBatch = 256;

    /// <summary>
    /// Runs an XDP program over frames that then go where its verdict says, as if a device had received them
    /// (<c>BPF_F_TEST_XDP_LIVE_FRAMES</c>, Linux 5.18): on into the network stack, out of the device, or to where it redirects.
    /// </summary>
    /// <param name="packet">The bytes of each frame, 14 to 3520. The program may change them; frames are reused, so that later ones may start with such changes.</param>
    /// <param name="count">How many frames. The kernel sends them from this thread, some millions a second: take a million or more a call for full rate.</param>
    /// <param name="device">The device they seem to come in by, in the calling thread's network namespace; null for none, where they go nowhere (drop).</param>
    /// <param name="queue">The receive queue they seem to come in by.</param>
    /// <param name="batch">Frames that go through the program before they go their ways, up to 256.</param>
    /// <remarks>
    /// Nothing tells how many arrived: the receiver counts. A veth device loses frames silently that it is to send
    /// (<see cref="XdpAction.Tx"/>, redirects) unless its other end has an XDP program too.
    /// </remarks>
    /// <exception cref="KernelException">The kernel refused.</exception>
    /// <exception cref="HeadraceException">There is no such device.</exception>
    public void SendFrames(ReadOnlySpan<byte> packet, int count, string? device, int queue = 0, int batch = DefaultBatch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch, MaxBatch);
        if (count == 0)
            return;
        var context = new XdpContext
        {
            DataEnd = (uint)packet.Length,
            IngressIfindex = device is null ? 0 : (uint)NetworkDevice.Find(device).Index,
            RxQueueIndex = (uint)queue,
        };
        fixed (byte* pointer = packet)
        {
            var attributes = new TestRunAttr
            {
                ProgramFd = _descriptor.Value,
                DataIn = pointer,
                DataSizeIn = (uint)packet.Length,
                ContextIn = (byte*)&context,
                ContextSizeIn = (uint)sizeof(XdpContext),
                Repeat = (uint)count,
                Flags = LiveFrames,
                BatchSize = (uint)batch,
            };
            int result = Bpf.TestRun(ref attributes);
            if (result < 0)
                throw new KernelException("BPF_PROG_TEST_RUN", $"{count} live frames through {Subject}{(device is null ? "" : " on " + device)}", -result);
        }
    }

    /// <summary>Loads a program of one verdict: with <see cref="SendFrames"/> a packet generator, on a device a sink.</summary>
    /// <param name="verdict"><see cref="XdpAction.Tx"/> sends frames out of the device, <see cref="XdpAction.Pass"/> hands them to the network stack.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static KernelProgram Returning(XdpAction verdict)
    {
        Objects.ProgramSpec spec = ReturnsDrop("returns_" + verdict.ToString().ToLowerInvariant(), ProgramType.Xdp, AttachType.Xdp);
        spec.Instructions = [Instruction.Mov(Register.R0, (int)verdict), Instruction.Exit()];
        return Load(spec, []);
    }
}
