using static Headrace.Verifier.FieldRule;

namespace Headrace.Verifier;

/// <summary>The contexts of tracing programs whose context is plain memory.</summary>
internal static class TracingContexts
{
    private const int LargestRecord = 8192; // PERF_MAX_TRACE_SIZE, include/linux/trace_events.h

    /// <summary>Registers of x86-64 (<c>struct pt_regs</c>).</summary>
    public static readonly FieldRule[] Kprobe = [Read(0, 168, UpTo8)];

    /// <summary>A tracepoint's record; its first 8 bytes belong to the kernel.</summary>
    /// <remarks>Linux lets a load through whose offset is negative. Nothing stands there that a program could know: it is refused here.</remarks>
    public static readonly FieldRule[] Tracepoint = [Read(8, LargestRecord, UpTo8)];

    /// <summary><c>struct bpf_perf_event_data</c>: registers, period, address.</summary>
    public static readonly FieldRule[] PerfEvent = [Read(0, 168, 8), Read(168, 184, UpTo8)];

    /// <summary>Twelve arguments of 8 bytes.</summary>
    public static readonly FieldRule[] RawTracepoint = [Read(0, 96, UpTo8)];

    /// <summary>The same, the first leading to a buffer.</summary>
    public static readonly FieldRule[] RawTracepointWritable =
    [
        Pointer(0, 8, RegisterKind.TracepointBuffer),
        Read(1, 96, UpTo8),
    ];
}
