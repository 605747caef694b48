using Headrace.Bytecode;

namespace Headrace.Verifier;

internal sealed partial class Verifier
{
    private void CheckAtomic(Instruction instruction)
    {
        var op = (AtomicOp)instruction.Imm32;
        int size = instruction.Opcode.SizeInBytes;
        if (!Enum.IsDefined(op))
            throw Reject($"BPF_ATOMIC uses invalid atomic opcode {instruction.Imm32:x2}");
        switch (op)
        {
            case AtomicOp.LoadAcquire:
                CheckRead(instruction.Src);
                CheckWritable(instruction.Dst);
                RegisterKind from = this[instruction.Src].Kind;
                CheckMemory(instruction.Src, instruction.Offset, size, MemoryAccess.Read, instruction.Dst, strict: true);
                RefuseAtomic(instruction.Src, forStore: false);
                NoteAccess(from);
                // The kernel asks afterwards: a pointer that the load has replaced is none any more.
                RefuseAtomic(instruction.Src, forStore: false);
                return;
            case AtomicOp.StoreRelease:
                CheckRead(instruction.Src);
                CheckRead(instruction.Dst);
                RegisterKind to = this[instruction.Dst].Kind;
                CheckMemory(instruction.Dst, instruction.Offset, size, MemoryAccess.Write, instruction.Src, strict: true);
                RefuseAtomic(instruction.Dst, forStore: true);
                NoteAccess(to);
                RefuseAtomic(instruction.Dst, forStore: true);
                return;
            case AtomicOp.Exchange or AtomicOp.CompareExchange:
                break;
            default:
                if ((AtomicOp)(instruction.Imm32 & ~(int)AtomicOp.Fetch) is not (AtomicOp.Add or AtomicOp.Or or AtomicOp.And or AtomicOp.Xor))
                    throw Reject($"BPF_ATOMIC uses invalid atomic opcode {instruction.Imm32:x2}");
                break;
        }
        if (size < 4)
            throw Reject("invalid atomic operand size");
        CheckRead(instruction.Src);
        CheckRead(instruction.Dst);
        if (op == AtomicOp.CompareExchange)
            CheckRead(Register.R0);
        RefuseAtomic(instruction.Dst, forStore: true);
        Register loads = NoRegister;
        if ((instruction.Imm32 & (int)AtomicOp.Fetch) != 0)
        {
            loads = op == AtomicOp.CompareExchange ? Register.R0 : instruction.Src;
            CheckWritable(loads);
            this[loads].BecomeUnknown();
        }
        RegisterKind kind = this[instruction.Dst].Kind;
        CheckMemory(instruction.Dst, instruction.Offset, size, MemoryAccess.Read, NoRegister, strict: true);
        RegisterState pointer = this[instruction.Dst];
        if (loads != NoRegister)
            CheckMemory(instruction.Dst, instruction.Offset, size, MemoryAccess.Read, loads, strict: true);
        // The write goes through the pointer as it was, even where the old value has just replaced it.
        RegisterState loaded = this[instruction.Dst];
        this[instruction.Dst] = pointer;
        CheckMemory(instruction.Dst, instruction.Offset, size, MemoryAccess.Write, NoRegister, strict: true);
        this[instruction.Dst] = loaded;
        NoteAccess(kind);
    }

    private void RefuseAtomic(Register pointer, bool forStore)
    {
        ref RegisterState register = ref this[pointer];
        bool refused = register.Kind is RegisterKind.Context or RegisterKind.FlowKeys or RegisterKind.Socket or RegisterKind.SocketCommon
            or RegisterKind.TcpSocket or RegisterKind.XdpSocket || register.IsPacketPointer;
        if (refused)
            throw Reject($"BPF_ATOMIC {(forStore ? "stores into" : "loads from")} R{(int)pointer} {register.KindName} is not allowed", VerifierErrno.Access);
    }
}
