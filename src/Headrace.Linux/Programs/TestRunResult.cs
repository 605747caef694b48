namespace Headrace.Linux;

/// <summary>What a test run in the kernel answered.</summary>
/// <param name="ReturnValue">R0 at exit, 32 bits: the verdict of an XDP program.</param>
/// <param name="Packet">The packet after the last repeat.</param>
/// <param name="NanosecondsPerRun">The mean over the repeats as the kernel measured it, its own loop included (some 26 ns), in whole nanoseconds.</param>
/// <param name="Context">The context after the last repeat where one was given; else empty.</param>
public sealed record TestRunResult(uint ReturnValue, byte[] Packet, uint NanosecondsPerRun, byte[] Context);
