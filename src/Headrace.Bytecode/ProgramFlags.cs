namespace Headrace.Bytecode;

/// <summary>Flags a program is loaded with (<c>BPF_F_*</c> of program load).</summary>
[Flags]
public enum ProgramFlags : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>Refuse unaligned access.</summary>
    StrictAlignment = 1 << 0,
    /// <summary>Allow unaligned access.</summary>
    AnyAlignment = 1 << 1,
    /// <summary>Randomise the upper halves of 32-bit results (kernel tests).</summary>
    TestRandomHigh32 = 1 << 2,
    /// <summary>Checkpoint verifier state often (kernel tests).</summary>
    TestStateFrequency = 1 << 3,
    /// <summary>The program may sleep.</summary>
    Sleepable = 1 << 4,
    /// <summary>The XDP program handles packets in several buffers (<c>xdp.frags</c>).</summary>
    XdpHasFrags = 1 << 5,
    /// <summary>Bound to a device but run by the kernel.</summary>
    XdpDeviceBoundOnly = 1 << 6,
    /// <summary>Fail where the verifier finds its own invariants broken (kernel tests).</summary>
    TestRegisterInvariants = 1 << 7,
}
