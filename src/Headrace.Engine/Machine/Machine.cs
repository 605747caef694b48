using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>What a running program stands on: stack, packet, clock, random numbers, the memory it may touch. One a worker; not shared between threads.</summary>
public sealed unsafe partial class Machine : IDisposable
{
    /// <summary>Frames of local calls, the program's own included (<c>MAX_CALL_FRAMES</c>, include/linux/bpf_verifier.h).</summary>
    internal const int MaxCallDepth = 8;

    /// <summary>Tail calls in a row (<c>MAX_TAIL_CALL_CNT</c>, include/linux/bpf.h).</summary>
    internal const int MaxTailCalls = 33;

    /// <summary>Stack a program may use over all open frames, in bytes (<c>MAX_BPF_STACK</c>, include/linux/filter.h).</summary>
    internal const int MaxStack = 512;

    /// <summary>The native part, read and written by compiled code.</summary>
    internal MachineState* State { get; private set; }

    /// <summary>Makes a machine.</summary>
    public Machine()
    {
        State = (MachineState*)NativeMemory.AllocZeroed((nuint)sizeof(MachineState));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(State);
        State = null;
    }
}
