using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Headrace.Bytecode.Tests.Kernel;

/// <summary>What the kernel's verifier prints about a program.</summary>
internal static unsafe partial class KernelLog
{
    private const long BpfSyscall = 321; // __NR_bpf on x86-64
    private const int ProgramLoad = 5; // BPF_PROG_LOAD
    private const int LogSize = 1 << 20;
    private const int EveryInstruction = 2;

    /// <summary>Loads a socket filter and returns the log, whether the kernel takes the program or not. Skips the test where bpf(2) may not be used.</summary>
    public static string Of(ReadOnlySpan<Instruction> program) => OfBytes(Instruction.Encode(program), out _);

    /// <inheritdoc cref="Of"/>
    public static string OfBytes(byte[] program, out bool loaded)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "asking the kernel needs Linux on x86-64");
        Assert.SkipUnless(Environment.UserName == "root", "asking the kernel needs root");
        byte[] log = new byte[LogSize];
        fixed (byte* code = program, buffer = log, license = "GPL\0"u8)
        {
            var attributes = new LoadAttributes
            {
                Type = (int)ProgramType.SocketFilter,
                Count = (uint)program.Length / Instruction.SlotSize,
                Instructions = (ulong)code,
                License = (ulong)license,
                LogLevel = EveryInstruction,
                LogSize = LogSize,
                LogBuffer = (ulong)buffer,
            };
            long descriptor = Syscall(BpfSyscall, ProgramLoad, &attributes, Unsafe.SizeOf<LoadAttributes>());
            loaded = descriptor >= 0;
            if (loaded)
                Close((int)descriptor);
        }
        return Encoding.ASCII.GetString(log, 0, Array.IndexOf(log, (byte)0));
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long Syscall(long number, int command, LoadAttributes* attributes, int size);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    // The first fields of union bpf_attr for BPF_PROG_LOAD, include/uapi/linux/bpf.h.
    [StructLayout(LayoutKind.Sequential)]
    private struct LoadAttributes
    {
        public int Type;
        public uint Count;
        public ulong Instructions;
        public ulong License;
        public uint LogLevel;
        public uint LogSize;
        public ulong LogBuffer;
        public uint KernelVersion;
        public uint Flags;
    }
}
