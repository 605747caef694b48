namespace Headrace.Engine;

/// <summary>The numbers that stand for a program's functions in registers: what a wide load of a function gives, and what helpers with callbacks take.</summary>
internal static class FunctionPointers
{
    /// <summary>Bits of the slot: programs have at most a million instructions (<c>BPF_COMPLEXITY_LIMIT_INSNS</c>, include/linux/bpf.h).</summary>
    public const int SlotBits = 20;

    private const int IdBits = 28;

    // Not canonical on x86-64 nor arm64, so that it can never hit memory.
    private const ulong Tag = 0x464e_0000_0000_0000;

    public static ulong Of(LoadedProgram program, int slot) => Tag | ((ulong)program.Id << SlotBits) | (uint)slot;

    public static bool IsFunction(ulong value) => (value & 0xffff_0000_0000_0000) == Tag;

    /// <summary>The function behind a register's value; false when the value is no function of a live program.</summary>
    public static bool TryFind(ulong value, out LoadedProgram program, out int slot)
    {
        slot = (int)(value & ((1u << SlotBits) - 1));
        int id = (int)((value >> SlotBits) & ((1u << IdBits) - 1));
        program = null!;
        return IsFunction(value) && LoadedProgram.TryFind(id, out program!) && program.IsFunctionStart(slot);
    }
}
