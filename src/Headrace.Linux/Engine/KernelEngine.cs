using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Runs bursts of packets through a program inside the kernel, one test run a packet: the engine the others are measured against.</summary>
/// <remarks>
/// A test run stands outside of any device: the interface an XDP program sees is the loopback's (1), its queue 0; a redirect answers
/// its verdict and goes nowhere. Which packets the kernel takes says <see cref="KernelPacketRule"/>. Not shared between threads.
/// </remarks>
public sealed unsafe class KernelEngine : IDisposable
{
    // Room for the longest packet and what a program may add at its head or tail.
    private const int BufferSize = 2 * 4096;

    private readonly KernelProgram _program;
    private readonly byte* _buffer;
    private bool _disposed;

    /// <summary>Makes an engine for a loaded program, which stays the caller's to dispose.</summary>
    public KernelEngine(KernelProgram program)
    {
        _program = program;
        _buffer = (byte*)NativeMemory.Alloc(BufferSize);
    }

    /// <summary>How long the program has run so far, as the kernel measured each run: some 20 to 30 ns of its own loop are in each.</summary>
    public long ProgramNanoseconds { get; private set; }

    /// <summary>Runs the program over a burst: verdict, bytes and metadata of each frame become what the kernel answered.</summary>
    /// <param name="frames">The first frame, in native memory.</param>
    /// <param name="count">Number of frames.</param>
    /// <exception cref="HeadraceException">A packet is of a length the kernel does not take; the frames before it have their verdicts.</exception>
    /// <exception cref="KernelException">The kernel refused the run.</exception>
    public void Run(Frame* frames, int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        for (int i = 0; i < count; i++)
            Run(ref frames[i]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        NativeMemory.Free(_buffer);
    }

    private void Run(ref Frame frame)
    {
        if (KernelPacketRule.Refuses(_program.Spec.Type, frame.Length) is { } reason)
            throw new HeadraceException($"program '{_program.Name}': {reason}");
        if (_program.Spec.Type == ProgramType.Xdp)
            RunXdp(ref frame);
        else
            RunSocketBuffer(ref frame);
    }

    private void RunXdp(ref Frame frame)
    {
        int total = (int)(frame.End - frame.Meta);
        int metadata = (int)(frame.Data - frame.Meta);
        var context = new XdpContext { Data = (uint)metadata, DataEnd = (uint)total };
        Unsafe.CopyBlock(_buffer, frame.Meta, (uint)total);
        int result = _program.TryTestRun(new Span<byte>(_buffer, BufferSize), ref total, ref context, out uint verdict, out uint nanoseconds);
        ProgramNanoseconds += nanoseconds;
        Bpf.ThrowIfError(result, "BPF_PROG_TEST_RUN", $"program '{_program.Name}'");
        frame.Verdict = verdict;
        Place(ref frame, total - (int)context.Data, (int)context.Data);
    }

    private void RunSocketBuffer(ref Frame frame)
    {
        int length = frame.Length;
        Unsafe.CopyBlock(_buffer, frame.Data, (uint)length);
        int result = _program.TryTestRun(new Span<byte>(_buffer, BufferSize), ref length, out uint verdict, out uint nanoseconds);
        ProgramNanoseconds += nanoseconds;
        Bpf.ThrowIfError(result, "BPF_PROG_TEST_RUN", $"program '{_program.Name}'");
        frame.Verdict = verdict;
        // A socket filter changes nothing, and its test run hands the packet out with zeros for its Ethernet header.
        if (_program.Spec.Type != ProgramType.SocketFilter)
            Place(ref frame, length, 0);
    }

    // The kernel tells the bytes, not whether head or tail moved: the packet stays where it was if its new length fits there.
    private void Place(ref Frame frame, int length, int metadata)
    {
        byte* data = frame.Data;
        if (data - metadata < frame.HardStart)
            data = frame.HardStart + metadata;
        if (data + length > frame.HardEnd)
            data = frame.HardEnd - length;
        if (data - metadata < frame.HardStart)
            throw new HeadraceException($"program '{_program.Name}' made a packet of {length} bytes, more than the frame's buffer holds");
        Unsafe.CopyBlock(data - metadata, _buffer, (uint)(length + metadata));
        frame.Meta = data - metadata;
        frame.Data = data;
        frame.End = data + length;
    }
}
