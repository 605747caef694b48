using System.Reflection.Emit;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class FunctionEmitter
{
    private void EmitAtomic(int slot, Instruction instruction, AbstractState state)
    {
        var op = (AtomicOp)instruction.Imm32;
        bool isLoad = op == AtomicOp.LoadAcquire;
        Register pointer = isLoad ? instruction.Src : instruction.Dst;
        var access = new Access(slot, pointer, instruction.Offset, instruction.Opcode.SizeInBytes, !isLoad);
        AccessProof proof = _facts.Prove(state, (int)pointer, access.Displacement, access.Size, access.Write);
        // No atomic reaches the context: the machine's check says so.
        if (proof is AccessProof.None or AccessProof.Context)
            CheckOutOfLine(access, proof == AccessProof.None);
        else
            Check(access, proof);
        if (isLoad)
            LoadAcquire(access, instruction);
        else if (op == AtomicOp.StoreRelease)
            StoreRelease(access, instruction);
        else
            ReadModifyWrite(access, instruction, op);
    }

    /// <summary>Checks an access against everything the program may touch; comes back when it may.</summary>
    private void CheckOutOfLine(Access access, bool packetFirst)
    {
        if (!packetFirst)
        {
            CallCheck(access);
            return;
        }
        Label allowed = _il.DefineLabel();
        Label rare = Rare(() =>
        {
            CallCheck(access);
            _il.Emit(OpCodes.Br, allowed);
        });
        CheckPacket(access, rare);
        _il.MarkLabel(allowed);
    }

    private void CallCheck(Access access)
    {
        _il.Emit(OpCodes.Ldarg_1);
        Address(access);
        _il.Emit(OpCodes.Ldc_I4, access.Slot);
        _il.Emit(OpCodes.Ldc_I4, access.Size);
        _il.Emit(access.Write ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Call, JitMethods.Check);
    }

    private void LoadAcquire(Access access, Instruction instruction)
    {
        Address(access);
        _il.Emit(OpCodes.Volatile);
        _il.Emit(access.Size switch { 1 => OpCodes.Ldind_U1, 2 => OpCodes.Ldind_U2, 4 => OpCodes.Ldind_U4, _ => OpCodes.Ldind_I8 });
        Extend(access.Size, signed: false);
        Set(instruction.Dst);
    }

    private void StoreRelease(Access access, Instruction instruction)
    {
        Address(access);
        Stored(instruction, access.Size);
        _il.Emit(OpCodes.Volatile);
        _il.Emit(access.Size switch { 1 => OpCodes.Stind_I1, 2 => OpCodes.Stind_I2, 4 => OpCodes.Stind_I4, _ => OpCodes.Stind_I8 });
    }

    private void ReadModifyWrite(Access access, Instruction instruction, AtomicOp op)
    {
        bool is64 = access.Size == 8;
        bool fetches = op is AtomicOp.Exchange or AtomicOp.CompareExchange || (op & AtomicOp.Fetch) != 0;
        Address(access);
        Operand(instruction.Src, is64 || op == AtomicOp.CompareExchange);
        if (op == AtomicOp.CompareExchange)
            Get(Register.R0);
        _il.Emit(OpCodes.Call, JitMethods.Atomic(op, is64));
        if (!fetches)
        {
            _il.Emit(OpCodes.Pop);
            return;
        }
        if (op == AtomicOp.FetchAdd)
        {
            // The runtime answers the sum; the instruction wants what was there before.
            Operand(instruction.Src, is64);
            _il.Emit(OpCodes.Sub);
        }
        Result(op == AtomicOp.CompareExchange ? Register.R0 : instruction.Src, is64);
    }
}
