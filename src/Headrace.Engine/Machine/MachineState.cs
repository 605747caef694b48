using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>The part of a <see cref="Machine"/> that compiled code reads and writes through a pointer, in native memory.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MachineState
{
    /// <summary>The packet at hand; its address is the context in R1.</summary>
    public Frame* Frame;

    /// <summary>A frame without bytes: what functions take for the packet that run where there is none, as timers do.</summary>
    public Frame* NoPacket;

    /// <summary>Lowest byte of the stack area.</summary>
    public byte* StackBase;

    /// <summary>One past the highest byte of the stack area: R10 of the program's first frame. Frame n, from 0, has its R10 <see cref="Machine.MaxStack"/> * n below.</summary>
    public byte* StackTop;

    /// <summary>Extra memory a program may touch (<c>headrace vm</c>): first byte.</summary>
    public byte* Memory;

    /// <summary>Extra memory a program may touch: one past the last byte.</summary>
    public byte* MemoryEnd;

    /// <summary>Slot of the instruction that runs or called, for fault messages. Compiled code sets it before anything that can fault.</summary>
    public int Pc;

    /// <summary>Local calls that are open: at most <see cref="Machine.MaxCallDepth"/> frames.</summary>
    public int CallDepth;

    /// <summary>Tail calls made for this packet: at most <see cref="Machine.MaxTailCalls"/>.</summary>
    public int TailCalls;

    /// <summary>The processor number the program is told.</summary>
    public int Cpu;

    /// <summary>Always 0, which compiled code does not know: a constant that is combined with it stays in a register.</summary>
    public ulong Zero;

    /// <summary>Instructions in loops and functions left before the program is stopped as endless.</summary>
    public long Budget;

    /// <summary>Bytes of large arguments that helpers worked on in this run.</summary>
    public ulong HelperBytes;

    /// <summary>The period in which the burst at hand began; 0 between bursts. See <see cref="GracePeriods"/>.</summary>
    public ulong Since;
}
