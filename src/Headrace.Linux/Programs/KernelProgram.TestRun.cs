using Headrace.Linux.Sys;

namespace Headrace.Linux;

public sealed unsafe partial class KernelProgram
{
    /// <summary>Room a packet may gain in a test run: headroom of 256 bytes and what a page leaves behind it.</summary>
    private const int GrowthRoom = 4096;

    private const int InterruptedAttempts = 16;

    /// <summary>Runs the program on a packet inside the kernel (<c>BPF_PROG_TEST_RUN</c>), without a device.</summary>
    /// <param name="packet">What the kernel takes says <see cref="KernelPacketRule"/>.</param>
    /// <param name="repeat">How often. The context and the packet are not reset in between.</param>
    /// <param name="context">The context to start with, as the uapi struct (<c>xdp_md</c>, <c>__sk_buff</c>) lays it out; empty for the kernel's own.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public TestRunResult TestRun(ReadOnlySpan<byte> packet, int repeat = 1, ReadOnlySpan<byte> context = default)
    {
        byte[] output = new byte[packet.Length + GrowthRoom];
        byte[] contextOut = new byte[context.Length];
        TestRunAttr attributes;
        int result;
        fixed (byte* packetPointer = packet, outputPointer = output, contextPointer = context, contextOutPointer = contextOut)
        {
            int attempt = 0;
            do
            {
                attributes = new TestRunAttr
                {
                    ProgramFd = _descriptor.Value,
                    DataIn = packetPointer,
                    DataSizeIn = (uint)packet.Length,
                    DataOut = outputPointer,
                    DataSizeOut = (uint)output.Length,
                    Repeat = (uint)repeat,
                    ContextIn = context.IsEmpty ? null : contextPointer,
                    ContextSizeIn = (uint)context.Length,
                    ContextOut = context.IsEmpty ? null : contextOutPointer,
                    ContextSizeOut = (uint)contextOut.Length,
                };
                result = Bpf.TestRun(ref attributes);
            }
            // Only a run of several repeats can be interrupted (by the signals the runtime stops threads with).
            while (result == -ErrorNumber.EINTR && ++attempt < InterruptedAttempts);
        }
        Bpf.ThrowIfError(result, "BPF_PROG_TEST_RUN", Subject);
        return new TestRunResult(attributes.ReturnValue, output[..(int)attributes.DataSizeOut], attributes.Duration, contextOut);
    }

    /// <summary>One run without allocation: the packet goes in and comes out of <paramref name="buffer"/>.</summary>
    /// <param name="buffer">The packet in its first <paramref name="length"/> bytes; behind it, room to grow.</param>
    /// <param name="length">The packet's length; written back.</param>
    /// <param name="returnValue">R0 at exit.</param>
    /// <param name="nanoseconds">How long the kernel says the program ran.</param>
    /// <returns>0 or -errno; -ENOSPC when the packet came out longer than the buffer (what fits is there).</returns>
    internal int TryTestRun(Span<byte> buffer, ref int length, out uint returnValue, out uint nanoseconds)
    {
        fixed (byte* pointer = buffer)
        {
            var attributes = new TestRunAttr();
            return TryTestRun(ref attributes, pointer, buffer.Length, ref length, out returnValue, out nanoseconds);
        }
    }

    /// <summary>The same for an XDP program with its context: <paramref name="length"/> counts metadata and packet.</summary>
    internal int TryTestRun(Span<byte> buffer, ref int length, ref XdpContext context, out uint returnValue, out uint nanoseconds)
    {
        fixed (byte* pointer = buffer)
        fixed (XdpContext* contextPointer = &context)
        {
            var attributes = new TestRunAttr
            {
                ContextIn = (byte*)contextPointer,
                ContextOut = (byte*)contextPointer,
                ContextSizeIn = (uint)sizeof(XdpContext),
                ContextSizeOut = (uint)sizeof(XdpContext),
            };
            return TryTestRun(ref attributes, pointer, buffer.Length, ref length, out returnValue, out nanoseconds);
        }
    }

    private int TryTestRun(ref TestRunAttr attributes, byte* buffer, int size, ref int length, out uint returnValue, out uint nanoseconds)
    {
        attributes.ProgramFd = _descriptor.Value;
        attributes.DataIn = attributes.DataOut = buffer;
        attributes.DataSizeIn = (uint)length;
        attributes.DataSizeOut = (uint)size;
        attributes.Repeat = 1;
        int result = Bpf.TestRun(ref attributes);
        returnValue = attributes.ReturnValue;
        nanoseconds = attributes.Duration;
        length = (int)attributes.DataSizeOut;
        return result;
    }
}
