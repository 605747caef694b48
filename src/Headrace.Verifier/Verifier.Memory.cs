using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    private const Register NoRegister = (Register)0xff;
    private const int NetworkAlignment = 2; // NET_IP_ALIGN where the kernel checks strictly, include/linux/skbuff.h

    private void CheckLoad(Instruction instruction)
    {
        CheckRead(instruction.Src);
        CheckWritable(instruction.Dst);
        bool signed = instruction.Opcode.Mode == AccessMode.MemSx;
        RegisterKind kind = this[instruction.Src].Kind;
        CheckMemory(instruction.Src, instruction.Offset, instruction.Opcode.SizeInBytes, MemoryAccess.Read, instruction.Dst, signed);
        NoteAccess(kind);
    }

    private void CheckStore(Instruction instruction)
    {
        CheckRead(instruction.Src);
        CheckRead(instruction.Dst);
        RegisterKind kind = this[instruction.Dst].Kind;
        CheckMemory(instruction.Dst, instruction.Offset, instruction.Opcode.SizeInBytes, MemoryAccess.Write, instruction.Src);
        NoteAccess(kind);
    }

    private void CheckStoreImmediate(Instruction instruction)
    {
        CheckRead(instruction.Dst);
        RegisterKind kind = this[instruction.Dst].Kind;
        CheckMemory(instruction.Dst, instruction.Offset, instruction.Opcode.SizeInBytes, MemoryAccess.Write, NoRegister);
        NoteAccess(kind);
    }

    /// <summary>Checks an access through a register and gives the value register what it reads.</summary>
    /// <param name="pointer">The pointer.</param>
    /// <param name="offset">Displacement.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="access">Read or write.</param>
    /// <param name="value">The register read into or written; <see cref="NoRegister"/> for none.</param>
    /// <param name="signed">True for a sign-extending load.</param>
    /// <param name="strict">True when the pointer must be aligned to the size (atomics).</param>
    private void CheckMemory(Register pointer, int offset, int size, MemoryAccess access, Register value, bool signed = false, bool strict = false)
    {
        ref RegisterState register = ref this[pointer];
        CheckAlignment(register, offset, size, strict);
        _facts.Access(Slot, register, offset, State.CurrentFrame);
        offset += register.Offset;
        RegisterState loaded = RegisterState.UnknownScalar();
        bool reads = access == MemoryAccess.Read && value != NoRegister;
        switch (register.Kind)
        {
            case RegisterKind.MapKey when !register.MayBeNull:
                if (access == MemoryAccess.Write)
                    throw Reject("write to change key R" + $"{(int)pointer} not allowed", VerifierErrno.Access);
                CheckRegion(pointer, offset, size, (int)register.Map!.KeySize, false);
                break;
            case RegisterKind.MapValue when !register.MayBeNull:
                CheckMapCapability(register, offset, size, access);
                CheckMapRegion(pointer, offset, size, false, access);
                if (reads)
                    LoadConstant(register, offset, size, ref loaded);
                break;
            case RegisterKind.Memory when !register.MayBeNull:
                if (access == MemoryAccess.Write && (register.Flags & RegisterFlags.ReadOnly) != 0)
                    throw Reject($"R{(int)pointer} cannot write into {register.KindName}", VerifierErrno.Access);
                CheckRegion(pointer, offset, size, (uint)register.Detail, false);
                break;
            case RegisterKind.Context:
                CheckContext(pointer, offset, size, access, signed, ref loaded);
                break;
            case RegisterKind.Stack:
                CheckStackBounds(pointer, offset, size, access);
                if (access == MemoryAccess.Read)
                    loaded = ReadStack(pointer, offset, size, value);
                else
                    WriteStack(pointer, offset, size, value);
                break;
            case RegisterKind.Packet or RegisterKind.PacketMeta:
                if (access == MemoryAccess.Write && !MayWritePacket)
                    throw Reject("cannot write into packet", VerifierErrno.Access);
                CheckPacket(pointer, offset, size, false);
                break;
            case RegisterKind.FlowKeys:
                CheckFlowKeys(offset, size);
                break;
            case RegisterKind.Socket or RegisterKind.SocketCommon or RegisterKind.TcpSocket or RegisterKind.XdpSocket when !register.MayBeNull:
                if (access == MemoryAccess.Write)
                    throw Reject($"R{(int)pointer} cannot write into {register.KindName}", VerifierErrno.Access);
                CheckSocket(pointer, offset, size, ref loaded);
                break;
            default:
                throw Reject($"R{(int)pointer} invalid mem access '{register.KindName}'", VerifierErrno.Access);
        }
        if (!reads)
            return;
        if (loaded.Kind == RegisterKind.Scalar && size < 8)
        {
            if (signed)
                loaded.SignExtend(size);
            else
                loaded.Truncate(size);
        }
        this[value] = loaded;
    }

    internal void CheckAlignment(in RegisterState register, int offset, int size, bool strict)
    {
        bool isStack = register.Kind == RegisterKind.Stack;
        if (!(strict || isStack || (Program.Flags & ProgramFlags.StrictAlignment) != 0))
            return;
        // What precedes the packet is laid out so that the network header behind 14 bytes of Ethernet is aligned.
        int lead = register.IsPacketPointer ? NetworkAlignment : 0;
        Tnum address = register.Var + Tnum.Const((ulong)((long)register.Offset + offset + lead));
        if (address.IsAligned((ulong)size))
            return;
        if (register.IsPacketPointer)
            throw Reject($"misaligned packet access off {lead}+{register.Var}+{register.Offset}+{offset} size {size}", VerifierErrno.Access);
        string kind = register.Kind switch
        {
            RegisterKind.Stack => "stack ",
            RegisterKind.MapValue => "value ",
            RegisterKind.MapKey => "key ",
            RegisterKind.Context => "context ",
            RegisterKind.FlowKeys => "flow keys ",
            RegisterKind.Socket => "sock ",
            RegisterKind.SocketCommon => "sock_common ",
            RegisterKind.TcpSocket => "tcp_sock ",
            RegisterKind.XdpSocket => "xdp_sock ",
            _ => "",
        };
        throw Reject($"misaligned {kind}access off {register.Var}+{register.Offset}+{offset} size {size}", VerifierErrno.Access);
    }

    private string? OutsideOf(Register name, in RegisterState register, long offset, int size, long limit, bool zeroAllowed)
    {
        if (offset >= 0 && (size > 0 || (size == 0 && zeroAllowed)) && offset + size <= limit)
            return null;
        return register.Kind switch
        {
            RegisterKind.MapKey => $"invalid access to map key, key_size={limit} off={offset} size={size}",
            RegisterKind.MapValue => $"invalid access to map value, value_size={limit} off={offset} size={size}",
            RegisterKind.Packet or RegisterKind.PacketMeta or RegisterKind.PacketEnd =>
                $"invalid access to packet, off={offset} size={size}, R{(int)name}(id={register.Id},off={offset},r={limit})",
            _ => $"invalid access to memory, mem_size={(uint)limit} off={offset} size={size}",
        };
    }

    /// <summary>Checks an access to a region of a fixed size at a variable offset.</summary>
    private void CheckRegion(Register name, int offset, int size, long limit, bool zeroAllowed)
    {
        ref RegisterState register = ref this[name];
        long min = register.SMin;
        if (min < 0 && (min == long.MinValue || offset + min is < int.MinValue or > int.MaxValue || offset + min < 0))
            throw Reject($"R{(int)name} min value is negative, either use unsigned index or do a if (index >=0) check.", VerifierErrno.Access);
        if (OutsideOf(name, register, min + offset, size, limit, zeroAllowed) is { } low)
            throw Reject($"{low}\nR{(int)name} min value is outside of the allowed memory range", VerifierErrno.Access);
        if (register.UMax >= MaxVariableOffset)
            throw Reject($"R{(int)name} unbounded memory access, make sure to bounds check any such access", VerifierErrno.Access);
        if (OutsideOf(name, register, (long)register.UMax + offset, size, limit, zeroAllowed) is { } high)
            throw Reject($"{high}\nR{(int)name} max value is outside of the allowed memory range", VerifierErrno.Access);
    }

    internal void CheckMapRegion(Register name, int offset, int size, bool zeroAllowed, MemoryAccess access)
    {
        ref RegisterState register = ref this[name];
        MapSpec map = register.Map!;
        CheckRegion(name, offset, size, (int)map.ValueSize, zeroAllowed);
        foreach (MapFieldSpec field in map.SpecialFields)
        {
            if (register.SMin + offset >= field.Offset + field.Size || field.Offset >= (long)register.UMax + offset + size)
                continue;
            throw Reject(field.Kind switch
            {
                MapFieldKind.SpinLock => "bpf_spin_lock cannot be accessed directly by load/store",
                MapFieldKind.Timer => "bpf_timer cannot be accessed directly by load/store",
                MapFieldKind.WorkQueue => "bpf_wq cannot be accessed directly by load/store",
                MapFieldKind.KernelPointer => "kptr cannot be accessed indirectly by helper",
                _ => "bpf_list_head cannot be accessed directly by load/store",
            }, VerifierErrno.Access);
        }
    }

    private void CheckMapCapability(in RegisterState register, int offset, int size, MemoryAccess access)
    {
        MapSpec map = register.Map!;
        if ((access & MemoryAccess.Write) != 0 && MapFunctionRules.IsReadOnly(map))
            throw Reject($"write into map forbidden, value_size={map.ValueSize} off={register.SMin + offset} size={size}", VerifierErrno.Access);
        if ((access & MemoryAccess.Read) != 0 && (map.Flags & MapFlags.WriteOnlyProgram) != 0)
            throw Reject($"read from map forbidden, value_size={map.ValueSize} off={register.SMin + offset} size={size}", VerifierErrno.Access);
    }

    // What a frozen read-only section holds is known when the program is verified.
    internal static void LoadConstant(in RegisterState register, int offset, int size, ref RegisterState loaded)
    {
        MapSpec map = register.Map!;
        if (!register.Var.IsConst || map.Type != MapType.Array || !map.Freeze || (map.Flags & MapFlags.ReadOnlyProgram) == 0)
            return;
        if (map.MaxEntries != 1)
            throw new Rejection("", VerifierErrno.NotSupported);
        byte[] data = map.Data ?? MapContents.FirstValue(map);
        long start = (long)register.Var.Value + offset;
        ulong value = 0;
        for (int i = 0; i < size; i++)
            value |= (ulong)(start + i < data.Length ? data[start + i] : 0) << (i * 8);
        loaded.BecomeConstant(value);
    }

    private void CheckPacket(Register name, int offset, int size, bool zeroAllowed)
    {
        ref RegisterState register = ref this[name];
        if (register.SMin < 0)
            throw Reject($"R{(int)name} min value is negative, either use unsigned index or do a if (index >=0) check.", VerifierErrno.Access);
        if (register.Range < 0)
            throw Reject($"R{(int)name} offset is outside of the packet");
        if (OutsideOf(name, register, offset, size, register.Range, zeroAllowed) is { } message)
            throw Reject($"{message}\nR{(int)name} offset is outside of the packet", VerifierErrno.Access);
    }

    private void CheckContext(Register name, int offset, int size, MemoryAccess access, bool signed, ref RegisterState loaded)
    {
        ref RegisterState register = ref this[name];
        CheckPointerOffset(name, register, fixedAllowed: false);
        ContextFieldAccess field = ContextTable.Check(Program.Type, Program.ExpectedAttachType, offset, size, access == MemoryAccess.Write);
        if (!field.IsAllowed || (signed && field.Kind != RegisterKind.Scalar))
            throw Reject($"invalid bpf_context access off={offset} size={size}", VerifierErrno.Access);
        if (access == MemoryAccess.Write)
            return;
        if (field.Kind == RegisterKind.Scalar)
        {
            loaded.BecomeUnknown();
            return;
        }
        loaded = RegisterState.Pointer(field.Kind, field.Flags);
        if (loaded.MayBeNull)
            loaded.Id = NewId();
    }

    // Pointers that carry no offset: the context and sockets.
    internal void CheckPointerOffset(Register name, in RegisterState register, bool fixedAllowed)
    {
        string kind = register.KindName;
        if (register.Offset < 0)
            throw Reject($"negative offset {kind} ptr R{(int)name} off={register.Offset} disallowed", VerifierErrno.Access);
        if (!fixedAllowed && register.Offset != 0)
            throw Reject($"dereference of modified {kind} ptr R{(int)name} off={register.Offset} disallowed", VerifierErrno.Access);
        if (!register.Var.IsConst || register.Var.Value != 0)
            throw Reject($"variable {kind} access var_off={register.Var} disallowed", VerifierErrno.Access);
    }

    private void CheckFlowKeys(int offset, int size)
    {
        const int FlowKeysSize = 56;
        if (offset < 0 || offset + size > FlowKeysSize)
            throw Reject($"invalid access to flow keys off={offset} size={size}", VerifierErrno.Access);
    }

    private void CheckSocket(Register name, int offset, int size, ref RegisterState loaded)
    {
        ref RegisterState register = ref this[name];
        if (register.SMin < 0)
            throw Reject($"R{(int)name} min value is negative, either use unsigned index or do a if (index >=0) check.", VerifierErrno.Access);
        if (!ContextTable.CheckSocket(register.Kind, offset, size).IsAllowed)
            throw Reject($"R{(int)name} invalid {register.KindName} access off={offset} size={size}", VerifierErrno.Access);
        loaded.BecomeUnknown();
    }

    /// <summary>True for program types that may write to the packet.</summary>
    public bool MayWritePacket => Program.Type is ProgramType.Xdp or ProgramType.SchedCls or ProgramType.SchedAct or ProgramType.LwtXmit
        or ProgramType.SkSkb or ProgramType.SkMsg;
}
