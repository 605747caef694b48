using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Loads a program only to see whether it loads.</summary>
internal static unsafe class ProbeProgram
{
    private const int LogSize = 1 << 14;

    /// <summary>Tries a program.</summary>
    /// <returns>0 or -errno.</returns>
    public static int TryLoad(ProgramType type, Instruction[] instructions, out string log, uint attachBtfId = 0)
    {
        byte[] code = Instruction.Encode(instructions);
        nint buffer = Marshal.AllocHGlobal(LogSize);
        try
        {
            *(byte*)buffer = 0;
            fixed (byte* pointer = code, license = "GPL\0"u8)
            {
                var attributes = new ProgramLoadAttr
                {
                    ProgramType = (uint)type,
                    InstructionCount = (uint)instructions.Length,
                    Instructions = pointer,
                    License = license,
                    Flags = type == ProgramType.Syscall ? (uint)ProgramFlags.Sleepable : 0,
                    ExpectedAttachType = (uint)AttachTypeFor(type),
                    AttachBtfId = attachBtfId,
                    // Kprobes of kernels before 5.0 had to name the version; later ones do not look.
                    KernelVersion = KernelVersion(),
                };
                log = "";
                int result = Bpf.LoadProgram(ref attributes);
                if (result >= 0)
                {
                    new Descriptor(result).Dispose();
                    return 0;
                }
                // Only now with a log: one that does not fit its buffer is an error of its own.
                attributes.Log = (byte*)buffer;
                attributes.LogSize = LogSize;
                attributes.LogLevel = 1;
                if (Bpf.LoadProgram(ref attributes) is var again and >= 0)
                    new Descriptor(again).Dispose();
                log = Marshal.PtrToStringUTF8(buffer) ?? "";
                return result;
            }
        }
        finally
        {
            Marshal.FreeHGlobal(buffer);
        }
    }

    /// <summary>Throws when an answer means that the process may not load programs at all.</summary>
    public static void RequireRight(int result)
    {
        if (result == -ErrorNumber.EPERM && Capabilities.MissingForBpf().Length > 0)
            throw new KernelException("BPF_PROG_LOAD", "feature probe", ErrorNumber.EPERM);
    }

    /// <summary>The attach type that types of program need which do not load without one.</summary>
    private static AttachType AttachTypeFor(ProgramType type) => type switch
    {
        ProgramType.CgroupSockAddr => AttachType.CgroupInet4Connect,
        ProgramType.CgroupSockopt => AttachType.CgroupGetsockopt,
        ProgramType.SkLookup => AttachType.SkLookup,
        ProgramType.Netfilter => AttachType.Netfilter,
        ProgramType.SkReuseport => AttachType.SkReuseportSelect,
        ProgramType.Tracing => AttachType.TraceFentry,
        ProgramType.Lsm => AttachType.LsmMac,
        _ => default,
    };

    private static uint KernelVersion()
    {
        Version version = Environment.OSVersion.Version;
        return ((uint)version.Major << 16) | ((uint)version.Minor << 8) | (uint)Math.Clamp(version.Build, 0, 255);
    }
}
