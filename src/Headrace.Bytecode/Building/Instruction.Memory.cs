namespace Headrace.Bytecode;

/// <content>Instructions that access memory.</content>
public readonly partial record struct Instruction
{
    /// <summary><c>dst = *(uN *)(src + offset)</c>, zero-extended.</summary>
    public static Instruction Load(AccessSize size, Register dst, Register src, short offset) =>
        new(Opcode.Memory(OpcodeClass.Ldx, AccessMode.Mem, size), dst, src, offset, 0);

    /// <summary><c>dst = *(sN *)(src + offset)</c>, sign-extended; of 1, 2 or 4 bytes.</summary>
    public static Instruction LoadSigned(AccessSize size, Register dst, Register src, short offset) =>
        new(Opcode.Memory(OpcodeClass.Ldx, AccessMode.MemSx, size), dst, src, offset, 0);

    /// <summary><c>*(uN *)(dst + offset) = src</c></summary>
    public static Instruction Store(AccessSize size, Register dst, short offset, Register src) =>
        new(Opcode.Memory(OpcodeClass.Stx, AccessMode.Mem, size), dst, src, offset, 0);

    /// <summary><c>*(uN *)(dst + offset) = immediate</c>, sign-extended to 8 bytes.</summary>
    public static Instruction Store(AccessSize size, Register dst, short offset, int immediate) =>
        new(Opcode.Memory(OpcodeClass.St, AccessMode.Mem, size), dst, 0, offset, immediate);

    /// <summary>An atomic operation on <c>*(uN *)(dst + offset)</c> with src; see <see cref="AtomicOp"/> for where the old value goes.</summary>
    public static Instruction Atomic(AtomicOp op, AccessSize size, Register dst, short offset, Register src) =>
        new(Opcode.Memory(OpcodeClass.Stx, AccessMode.Atomic, size), dst, src, offset, (long)op);

    /// <summary><c>dst = load_acquire((uN *)(src + offset))</c></summary>
    public static Instruction LoadAcquire(AccessSize size, Register dst, Register src, short offset) =>
        Atomic(AtomicOp.LoadAcquire, size, dst, offset, src);

    /// <summary><c>store_release((uN *)(dst + offset), src)</c></summary>
    public static Instruction StoreRelease(AccessSize size, Register dst, short offset, Register src) =>
        Atomic(AtomicOp.StoreRelease, size, dst, offset, src);

    /// <summary><c>r0 = *(uN *)skb[offset]</c>: 1, 2 or 4 bytes of the packet in network order, converted to host order.</summary>
    public static Instruction LoadPacket(AccessSize size, int offset) => new(Opcode.Memory(OpcodeClass.Ld, AccessMode.Abs, size), 0, 0, 0, offset);

    /// <summary><c>r0 = *(uN *)skb[index + offset]</c>: 1, 2 or 4 bytes of the packet in network order, converted to host order.</summary>
    public static Instruction LoadPacket(AccessSize size, Register index, int offset) =>
        new(Opcode.Memory(OpcodeClass.Ld, AccessMode.Ind, size), 0, index, 0, offset);

    /// <summary><c>dst = immediate ll</c>: both slots.</summary>
    public static Instruction[] LoadWide(Register dst, long immediate) => Wide(dst, WideLoadKind.Constant, immediate);

    /// <summary><c>dst = map[idx:N] ll</c>: the map of an index in the collection; both slots.</summary>
    public static Instruction[] LoadMap(Register dst, int index) => Wide(dst, WideLoadKind.MapIndex, (uint)index);

    /// <summary><c>dst = map[idx:N][0]+offset ll</c>: a place in the value of a map of one element; both slots.</summary>
    public static Instruction[] LoadMapValue(Register dst, int index, uint offset) =>
        Wide(dst, WideLoadKind.MapValueIndex, (long)((uint)index | ((ulong)offset << 32)));

    /// <summary><c>dst = subprog[+N] ll</c>: the address of a function, in slots from the wide load's second slot; both slots.</summary>
    public static Instruction[] LoadFunction(Register dst, int distance) => Wide(dst, WideLoadKind.Function, (uint)distance);

    private static Instruction[] Wide(Register dst, WideLoadKind kind, long immediate) => [new(Opcode.WideLoad, dst, (Register)kind, 0, immediate), WideTail];
}
