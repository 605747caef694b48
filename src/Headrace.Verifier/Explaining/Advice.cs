using System.Globalization;
using System.Text.RegularExpressions;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier.Explaining;

/// <summary>What usually mends a refusal, by the kernel's words for it.</summary>
internal static class Advice
{
    private delegate string Telling(Match match, ProgramSpec program, int slot);

    private static readonly (Regex Message, Telling Tell)[] s_table =
    [
        Entry(@"invalid access to packet, off=(-?\d+) size=(\d+), R\d+\(id=\d+,off=-?\d+,r=(\d+)\)", (match, _, _) => Packet(Number(match, 1), Number(match, 2), Number(match, 3))),
        Entry(@"R(\d+) offset is outside of the packet", "a pointer that was compared the wrong way round, or not at all, is used: after `if (p + n > data_end) return`, only n bytes behind p may be touched"),
        Entry(@"R(\d+) invalid mem access '([a-z_]*)_or_null'", (match, _, _) => $"compare the result with NULL before it is used (it is in R{match.Groups[1].Value}): a look-up finds nothing when the key is absent"),
        Entry(@"R(\d+) pointer arithmetic on ([a-z_]*)_or_null prohibited", (match, _, _) => "compare the pointer with NULL first, then add to it"),
        Entry(@"R(\d+) invalid mem access 'scalar'", ScalarPointer),
        Entry(@"R(\d+) invalid mem access 'pkt_end'", "data_end can be compared with, not read through: load through a pointer derived from data"),
        Entry(@"R(\d+) invalid mem access 'map_ptr'", "this is the map itself, not a value of it: call bpf_map_lookup_elem first"),
        Entry(@"R(\d+) !read_ok", Uninitialized),
        Entry(@"R(\d+) min value is negative", (match, _, _) => $"the index in R{match.Groups[1].Value} may be negative: make it unsigned, or check `if (index < 0) return` (a mask such as `index &= N - 1` does both bounds)"),
        Entry(@"R(\d+) unbounded memory access", (match, _, _) => $"nothing bounds R{match.Groups[1].Value} from above: compare it with a constant, or mask it (`index &= N - 1`), on the very variable that is used as index"),
        Entry(@"invalid access to map value, value_size=(\d+) off=(-?\d+) size=(\d+)", (match, _, _) => $"a value of this map has {match.Groups[1].Value} bytes; bytes {match.Groups[2].Value} to {Number(match, 2) + Number(match, 3) - 1} are touched: bound the index so that the last byte stays inside, or make the value larger"),
        Entry(@"invalid access to map key, key_size=(\d+)", (match, _, _) => $"the key has {match.Groups[1].Value} bytes: the access goes beyond them"),
        Entry(@"invalid access to memory, mem_size=(\d+) off=(-?\d+) size=(\d+)", (match, _, _) => $"the memory has {match.Groups[1].Value} bytes: bound the offset so that {match.Groups[3].Value} bytes at it stay inside"),
        Entry(@"math between .* pointer and register with unbounded min value", "a number of which nothing is known is added to a pointer: bound it on both sides first (for a signed number also from below), or make it unsigned and mask it"),
        Entry(@"math between .* pointer and -?\d+ is not allowed|makes .* pointer be out of bounds", "the offset is larger than any object: bound the number before it is added to the pointer"),
        Entry(@"Unreleased reference id=(\d+) alloc_insn=(\d+)", Unreleased),
        Entry(@"infinite loop detected", "the loop comes round with nothing changed that decides its end: count rounds in a variable that the condition compares with a constant, or use bpf_loop or bpf_for"),
        Entry(@"BPF program is too large\. Processed (\d+) insn", "more states were walked than the kernel takes: bound loops lower, put their bodies into bpf_loop callbacks or global functions (verified once), and use `__noinline` for what is inlined often"),
        Entry(@"The sequence of \d+ jumps is too complex", "too many branches are open at once: split the program into global functions or tail calls"),
        Entry(@"unreachable insn (\d+)", (match, _, _) => $"instruction {match.Groups[1].Value} can never run: remove what stands behind an unconditional jump or exit"),
        Entry(@"jump out of range from insn (\d+) to (-?\d+)", "a jump must stay inside its function"),
        Entry(@"last insn is not an exit or jmp", "every function must end in `return` (exit) or a jump: the code falls off the end"),
        Entry(@"combined stack size of (\d+) calls is (\d+)", (match, _, _) => $"{match.Groups[2].Value} bytes of stack are used along {match.Groups[1].Value} nested functions, 512 are there: move large buffers into a per-CPU array map, or flatten the calls"),
        Entry(@"the call stack of \d+ frames is too deep", "functions nest more than 8 deep (recursion is not possible): inline some (`__always_inline`), or use tail calls"),
        Entry(@"cannot call GPL-restricted function|GPL-restricted", "the helper is for programs under the GPL: give the object a compatible licence (`char LICENSE[] SEC(\"license\") = \"GPL\"`)"),
        Entry(@"program of this type cannot use helper (\S+)", (match, program, _) => $"{match.Groups[1].Value} is not for {program.Type} programs: check the section name (SEC) or use another helper"),
        Entry(@"invalid func (\w+)|unknown func (\w+)", (_, program, _) => $"this helper does not exist for {program.Type} programs in Linux 6.18"),
        Entry(@"invalid bpf_context access off=(\d+) size=(\d+)", (match, program, _) => $"the context of {program.Type} programs has no field that may be used so at byte {match.Groups[1].Value} with {match.Groups[2].Value} bytes: read whole fields with their own width; most cannot be written"),
        Entry(@"dereference of modified ctx ptr", "context fields are read at constant offsets from the context itself: do not add to the context pointer (compilers do when fields are read in a loop)"),
        Entry(@"variable ctx access", "context fields are read at constant offsets only"),
        Entry(@"cannot write into packet", "programs of this type may only read the packet; use the type's store helper (bpf_skb_store_bytes) where there is one"),
        Entry(@"At program exit the register R0 .*should have been in \[(-?\d+), (-?\d+)\]", (match, _, _) => $"return a value from {match.Groups[1].Value} to {match.Groups[2].Value} on every path: a number from a map or helper must be checked first"),
        Entry(@"At (program|subprogram) exit the register R0 is not a (known|scalar) value", "a pointer is returned: return a number"),
        Entry(@"invalid (write to|read from) stack R\d+ off=(-?\d+) size=(\d+)", (match, _, _) => $"the frame's stack is bytes -512 to -1 below R10; byte {match.Groups[2].Value} is touched: arrays on the stack are smaller than the index says, or the frame is too large"),
        Entry(@"invalid (variable-offset|unbounded variable-offset)", "an index into the stack is not bounded: compare it with a constant or mask it first"),
        Entry(@"invalid size of register (fill|spill)", "a pointer on the stack is read or written in part: keep pointers in whole, aligned 8-byte slots"),
        Entry(@"misaligned .* access", "the access is not aligned to its size: stack and atomic accesses must be; read in smaller pieces (`__attribute__((packed))`) or align the offset"),
        Entry(@"R(\d+) type=(\S+) expected=(.+)", (match, program, slot) => $"argument {match.Groups[1].Value} of {Called(program, slot)} is a {match.Groups[2].Value}, but must be one of: {match.Groups[3].Value.Trim()}"),
        Entry(@"R(\d+) invalid zero-sized read|invalid zero-sized read", "the size may be 0 here: check that it is at least 1 before the call"),
        Entry(@"cannot pass map_type (\d+) into func (\S+)", (match, _, _) => $"{match.Groups[2].Value} does not work with this type of map: another helper or another map type is needed"),
        Entry(@"write into map forbidden", "the map is read-only for programs (BPF_F_RDONLY_PROG; .rodata is): write to another map"),
        Entry(@"read from map forbidden", "the map is write-only for programs (BPF_F_WRONLY_PROG)"),
        Entry(@"cannot be accessed directly by load/store", "locks, timers and kernel pointers inside values are used through their helpers only"),
        Entry(@"function calls are not allowed while holding a lock|BPF_EXIT .* bpf_spin_lock-ed region", "release the spin lock (bpf_spin_unlock) on every path before calls and before the end"),
        Entry(@"pointer arithmetic with (\S+) operator prohibited|bitwise operator|32-bit pointer arithmetic prohibited", "only addition and subtraction of numbers, 64 bits wide, work on pointers: compute the number first, then add it"),
        Entry(@"R(\d+) pointer (\S+) pointer prohibited", "two pointers can only be subtracted (or compared)"),
        Entry(@"BPF_ATOMIC .* is not allowed", "atomic operations work on map values and the stack, not on packets, contexts or sockets"),
        Entry(@"same insn cannot be used with different pointers", "one load serves two kinds of memory on different paths: load on each path by itself"),
        Entry(@"tail_call.*|cannot be used with tail calls", "tail calls need a program array and must not be made while locks or references are held"),
        Entry(@"missing btf func_info", "callbacks and global functions need BTF: compile with -g"),
        Entry(@"helper call might sleep", "this helper may sleep: it can be called from sleepable programs only"),
    ];

    /// <summary>What usually mends it, in a sentence or two; null where nothing general can be said.</summary>
    /// <param name="error">The kernel's words.</param>
    /// <param name="program">The program.</param>
    /// <param name="slot">The refused instruction.</param>
    public static string? For(string error, ProgramSpec program, int slot)
    {
        foreach ((Regex message, Telling tell) in s_table)
        {
            if (message.Match(error) is { Success: true } match)
                return tell(match, program, slot);
        }
        return null;
    }

    private static (Regex, Telling) Entry(string pattern, string advice) => Entry(pattern, (_, _, _) => advice);

    private static (Regex, Telling) Entry(string pattern, Telling tell) => (new Regex(pattern, RegexOptions.CultureInvariant), tell);

    private static string Packet(long offset, long size, long proved)
    {
        if (offset < 0)
            return $"the access begins {-offset} bytes in front of the pointer's start: packet pointers go forward only";
        return proved == 0
            ? $"no bytes are proved here: compare `data + {offset + size}` with `data_end` before this access (and again after every helper that may move the packet)"
            : $"bytes up to {offset + size} are touched, {proved} are proved: compare `data + {offset + size}` with `data_end` before this access";
    }

    private static string ScalarPointer(Match match, ProgramSpec program, int slot) =>
        $"R{match.Groups[1].Value} is a number, not a pointer: packet pointers end at every helper that may move the packet (load data and data_end again); "
        + "other pointers lose themselves in 32-bit arithmetic, in byte-wise copies and in maps";

    private static string Uninitialized(Match match, ProgramSpec program, int slot)
    {
        string register = match.Groups[1].Value;
        return int.Parse(register, CultureInfo.InvariantCulture) switch
        {
            0 when program.Instructions[slot].IsExit => "set the return value on every path before exit",
            >= 1 and <= 5 => $"R{register} holds nothing here: calls leave R1 to R5 empty, and a variable must be set on every path before it is read",
            _ => $"R{register} holds nothing on this path: set the variable on every path before it is read",
        };
    }

    private static string Unreleased(Match match, ProgramSpec program, int slot)
    {
        int acquired = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
        string by = acquired < program.Instructions.Length ? Called(program, acquired) : "a helper";
        string line = program.LineAt(acquired) is { } source ? $", {Path.GetFileName(source.File)}:{source.Line}" : "";
        return $"what {by} (instruction {acquired}{line}) gave must be given back on every path: bpf_sk_release for sockets, bpf_ringbuf_submit or bpf_ringbuf_discard for records, also where the program ends early";
    }

    private static string Called(ProgramSpec program, int slot) => program.Instructions[slot] is { IsCall: true, CallKind: CallKind.Helper } call
        ? $"bpf_{HelperNames.Of((HelperId)call.Imm32)}"
        : "the call";

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
}
