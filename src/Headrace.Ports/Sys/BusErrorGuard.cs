using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Headrace.Ports.Sys;

/// <summary>
/// Keeps the process alive when a peer cuts the file short whose memory it shares: a touch of the missing pages raises SIGBUS, which would
/// end the runtime. The guard puts private zeros in the place of the whole mapping and remembers it.
/// </summary>
/// <remarks>
/// No check beforehand can help, since the file may be cut between check and touch; seals would (F_SEAL_SHRINK), but DPDK's memory without
/// hugepages and hugetlbfs files have none. The handler is some fifty bytes of machine code, since managed code cannot run in a signal
/// handler; whatever is not in its table goes on to the runtime's own handler. x86-64 only: elsewhere mappings are not guarded.
/// </remarks>
internal static unsafe partial class BusErrorGuard
{
    private const int Entries = 4096;
    private const int BusError = 7; // SIGBUS
    private const int ActionSize = 152, ActionHandler = 0; // struct sigaction of x86-64's C library
    private const nuint Page = 4096;

    private static readonly Lock s_lock = new();
    private static Entry* s_table;

    /// <summary>Guards a mapping.</summary>
    /// <returns>Its number, or -1 where mappings are not guarded.</returns>
    /// <exception cref="ControlException">Too many mappings are guarded already.</exception>
    public static int Add(byte* address, nuint length)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return -1;
        lock (s_lock)
        {
            if (s_table == null && !Install())
                return -1;
            for (int i = 0; i < Entries; i++)
            {
                if (s_table[i].End != 0)
                    continue;
                s_table[i].Lost = 0;
                Volatile.Write(ref s_table[i].Start, (nuint)address);
                Volatile.Write(ref s_table[i].End, (nuint)address + length);
                return i;
            }
        }
        throw new ControlException($"more than {Entries} pieces of memory are shared already");
    }

    /// <summary>Guards it no longer; called before it is unmapped.</summary>
    public static void Remove(int number)
    {
        if (number < 0)
            return;
        lock (s_lock)
            Volatile.Write(ref s_table[number].End, 0);
    }

    /// <summary>True when pages of a mapping were gone and zeros stand in their place.</summary>
    public static bool IsLost(int number) => number >= 0 && Volatile.Read(ref s_table[number].Lost) != 0;

    private static bool Install()
    {
        byte* action = stackalloc byte[ActionSize];
        if (SignalAction(BusError, null, action) != 0)
            return false;
        nint runtime = *(nint*)(action + ActionHandler);
        if (runtime is 0 or 1) // SIG_DFL, SIG_IGN: nobody to go on to
            return false;
        var table = (Entry*)NativeMemory.AllocZeroed(Entries + 1, (nuint)sizeof(Entry));
        byte* code = (byte*)Libc.Map(null, Page, protection: 3, flags: 0x22, descriptor: -1, offset: 0); // read and write; private, anonymous
        if ((nint)code == -1)
            return false;
        Handler(table, runtime).CopyTo(new Span<byte>(code, (int)Page));
        const int ReadAndExecute = 5;
        if (Protect(code, Page, ReadAndExecute) != 0)
            return false;
        *(byte**)(action + ActionHandler) = code;
        if (SignalAction(BusError, action, null) != 0)
            return false;
        s_table = table;
        return true;
    }

    /// <summary>The handler: looks the fault's address up, maps zeros over the mapping and returns to the instruction; else jumps on.</summary>
    private static byte[] Handler(Entry* table, nint next)
    {
        byte[] code =
        [
            0x48, 0x8b, 0x46, 0x10, //                               mov rax, [rsi + 16]     siginfo_t.si_addr
            0x48, 0xb9, 0, 0, 0, 0, 0, 0, 0, 0, //                   mov rcx, table
            0x4c, 0x8b, 0x01, //                               each: mov r8, [rcx]
            0x4d, 0x85, 0xc0, //                                     test r8, r8
            0x74, 0x4b, //                                           jz on                   behind the last entry
            0x4c, 0x39, 0xc0, //                                     cmp rax, r8
            0x72, 0x40, //                                           jb another
            0x48, 0x3b, 0x41, 0x08, //                               cmp rax, [rcx + 8]
            0x73, 0x3a, //                                           jae another
            0x48, 0xc7, 0x41, 0x10, 1, 0, 0, 0, //                   mov qword [rcx + 16], 1
            0x57, 0x56, 0x52, //                                     push rdi, rsi, rdx
            0x4c, 0x89, 0xc7, //                                     mov rdi, r8
            0x48, 0x8b, 0x71, 0x08, //                               mov rsi, [rcx + 8]
            0x4c, 0x29, 0xc6, //                                     sub rsi, r8
            0xba, 3, 0, 0, 0, //                                     mov edx, 3              PROT_READ | PROT_WRITE
            0x41, 0xba, 0x32, 0x40, 0, 0, //                         mov r10d, 0x4032        MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_NORESERVE
            0x49, 0xc7, 0xc0, 0xff, 0xff, 0xff, 0xff, //             mov r8, -1
            0x45, 0x31, 0xc9, //                                     xor r9d, r9d
            0xb8, 9, 0, 0, 0, //                                     mov eax, 9              mmap
            0x0f, 0x05, //                                           syscall
            0x5a, 0x5e, 0x5f, //                                     pop rdx, rsi, rdi
            0x48, 0x85, 0xc0, //                                     test rax, rax
            0x78, 0x07, //                                           js on
            0xc3, //                                                 ret
            0x48, 0x83, 0xc1, 0x18, //                      another: add rcx, 24
            0xeb, 0xad, //                                           jmp each
            0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, //               on: mov rax, next
            0xff, 0xe0, //                                           jmp rax
        ];
        BinaryPrimitives.WriteInt64LittleEndian(code.AsSpan(6), (nint)table);
        BinaryPrimitives.WriteInt64LittleEndian(code.AsSpan(code.Length - 10), next);
        return code;
    }

    private struct Entry
    {
        public nuint Start;
        public nuint End;
        public ulong Lost;
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int SignalAction(int signal, byte* action, byte* former);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);
}
