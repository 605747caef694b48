using System.Reflection.Emit;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class FunctionEmitter
{
    // Start of the packet's metadata, and for each width how many positions behind it an access may start at.
    private LocalBuilder? _packetStart;
    private readonly LocalBuilder?[] _packetRoom = new LocalBuilder?[4];

    private void EmitLoad(int slot, Instruction instruction, AbstractState state)
    {
        int size = instruction.Opcode.SizeInBytes;
        bool signed = instruction.Opcode.Mode == AccessMode.MemSx;
        var access = new Access(slot, instruction.Src, instruction.Offset, size, false);
        AccessProof proof = _facts.Prove(state, (int)instruction.Src, instruction.Offset, size, write: false);
        if (proof == AccessProof.Context)
        {
            LoadContext(slot, state[(int)instruction.Src].Offset + instruction.Offset, size);
            Extend(size, signed);
            Set(instruction.Dst);
            return;
        }
        Label? done = null;
        if (proof == AccessProof.None)
        {
            Label end = _il.DefineLabel();
            done = end;
            Label rare = Rare(() =>
            {
                _il.Emit(OpCodes.Ldarg_1);
                Address(access);
                _il.Emit(OpCodes.Ldc_I4, slot);
                _il.Emit(OpCodes.Ldc_I4, size);
                _il.Emit(OpCodes.Call, JitMethods.Load);
                if (signed)
                    Extend(size, signed);
                Set(instruction.Dst);
                _il.Emit(OpCodes.Br, end);
            });
            CheckPacket(access, rare);
        }
        else
        {
            Check(access, proof);
        }
        Address(access);
        // Other processors write to map values: the program's loads are not to be joined nor moved.
        if (proof is AccessProof.MapValue or AccessProof.MapValueOrNull)
            _il.Emit(OpCodes.Volatile);
        _il.Emit(size switch { 1 => OpCodes.Ldind_U1, 2 => OpCodes.Ldind_U2, 4 => OpCodes.Ldind_U4, _ => OpCodes.Ldind_I8 });
        if (WordRegisters.IsWordLoad(instruction, proof))
        {
            SetWord(instruction.Dst);
            return;
        }
        Extend(size, signed);
        Set(instruction.Dst);
        if (done is { } label)
            _il.MarkLabel(label);
    }

    private void EmitStore(int slot, Instruction instruction, AbstractState state)
    {
        int size = instruction.Opcode.SizeInBytes;
        var access = new Access(slot, instruction.Dst, instruction.Offset, size, true);
        AccessProof proof = _facts.Prove(state, (int)instruction.Dst, instruction.Offset, size, write: true);
        if (proof == AccessProof.Context)
        {
            StoreContext(slot, instruction, state[(int)instruction.Dst].Offset + instruction.Offset, size);
            return;
        }
        Label? done = null;
        if (proof == AccessProof.None)
        {
            Label end = _il.DefineLabel();
            done = end;
            Label rare = Rare(() =>
            {
                _il.Emit(OpCodes.Ldarg_1);
                Address(access);
                Stored(instruction, 8);
                _il.Emit(OpCodes.Ldc_I4, slot);
                _il.Emit(OpCodes.Ldc_I4, size);
                _il.Emit(OpCodes.Call, JitMethods.Store);
                _il.Emit(OpCodes.Br, end);
            });
            CheckPacket(access, rare);
        }
        else
        {
            Check(access, proof);
        }
        Address(access);
        Stored(instruction, size);
        _il.Emit(size switch { 1 => OpCodes.Stind_I1, 2 => OpCodes.Stind_I2, 4 => OpCodes.Stind_I4, _ => OpCodes.Stind_I8 });
        if (done is { } label)
            _il.MarkLabel(label);
    }

    /// <summary>Writes the check that is left to do when a proof holds but for one thing; faults when it fails.</summary>
    private void Check(Access access, AccessProof proof)
    {
        if (proof is not (AccessProof.PacketUnproved or AccessProof.MapValueOrNull))
            return;
        Label fault = Rare(() => ThrowAccess(access));
        if (proof == AccessProof.PacketUnproved)
        {
            CheckPacket(access, fault);
            return;
        }
        Get(access.Pointer);
        _il.Emit(OpCodes.Brfalse, fault);
    }

    /// <summary>Jumps to <paramref name="otherwise"/> unless the access lies in the packet or its metadata.</summary>
    private void CheckPacket(Access access, Label otherwise)
    {
        Address(access);
        _il.Emit(OpCodes.Ldloc, _packetStart!);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Ldloc, _packetRoom[SizeIndex(access.Size)]!);
        _il.Emit(OpCodes.Bge_Un, otherwise);
    }

    /// <summary>Takes the packet's bounds from the frame into locals: at the start and after whatever may have moved the packet.</summary>
    private void ReloadPacket()
    {
        if (_needs.CheckedSizes == 0)
            return;
        (string start, string end) = _program.IsPlain
            ? (nameof(MachineState.Memory), nameof(MachineState.MemoryEnd))
            : (nameof(Frame.Meta), nameof(Frame.End));
        LocalBuilder owner = _program.IsPlain ? _state : _frame;
        _packetStart ??= _il.DeclareLocal(typeof(ulong));
        LoadField(owner, start);
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Stloc, _packetStart);
        for (int index = 0; index < _packetRoom.Length; index++)
        {
            if ((_needs.CheckedSizes & (1 << index)) == 0)
                continue;
            LocalBuilder room = _packetRoom[index] ??= _il.DeclareLocal(typeof(ulong));
            LoadField(owner, end);
            _il.Emit(OpCodes.Conv_U8);
            _il.Emit(OpCodes.Ldloc, _packetStart);
            _il.Emit(OpCodes.Sub);
            if (index > 0)
            {
                // max(length - (size - 1), 0) without a branch.
                _il.Emit(OpCodes.Ldc_I8, (1L << index) - 1);
                _il.Emit(OpCodes.Sub);
                _il.Emit(OpCodes.Stloc, room);
                _il.Emit(OpCodes.Ldloc, room);
                _il.Emit(OpCodes.Ldloc, room);
                _il.Emit(OpCodes.Ldc_I4, 63);
                _il.Emit(OpCodes.Shr);
                _il.Emit(OpCodes.Not);
                _il.Emit(OpCodes.And);
            }
            _il.Emit(OpCodes.Stloc, room);
        }
    }

    private static int SizeIndex(int size) => System.Numerics.BitOperations.Log2((uint)size);

    private void Address(Access access)
    {
        Get(access.Pointer);
        if (access.Displacement == 0)
            return;
        _il.Emit(OpCodes.Ldc_I8, (long)access.Displacement);
        _il.Emit(OpCodes.Add);
    }

    // Loads push 32 bits for widths below 8; a 64-bit value (from the slow way) is cut first.
    private void Extend(int size, bool signed)
    {
        if (!signed)
        {
            if (size < 8)
                _il.Emit(OpCodes.Conv_U8);
            return;
        }
        _il.Emit(size switch { 1 => OpCodes.Conv_I1, 2 => OpCodes.Conv_I2, _ => OpCodes.Conv_I4 });
        _il.Emit(OpCodes.Conv_I8);
    }

    private void Stored(Instruction instruction, int size)
    {
        if (instruction.Opcode.Class == OpcodeClass.Stx)
        {
            Operand(instruction.Src, is64: size == 8);
        }
        else if (size == 8)
        {
            _il.Emit(OpCodes.Ldc_I8, instruction.Immediate);
        }
        else
        {
            _il.Emit(OpCodes.Ldc_I4, instruction.Imm32);
        }
    }

    private void LoadContext(int slot, long offset, int size)
    {
        _facts.Context!.TryResolve(offset, size, write: false, out ContextAccess access);
        switch (access.Source)
        {
            case ContextSource.Zero:
                Constant(0, size == 8);
                return;
            case ContextSource.Length:
                LoadField(_frame, nameof(Frame.End));
                LoadField(_frame, nameof(Frame.Data));
                _il.Emit(OpCodes.Sub);
                _il.Emit(OpCodes.Ldc_I4, access.Offset * 8);
                _il.Emit(OpCodes.Shr_Un);
                _il.Emit(size switch { 1 => OpCodes.Conv_U1, 2 => OpCodes.Conv_U2, _ => OpCodes.Conv_U4 });
                return;
            default:
                ContextAddress(slot, access);
                _il.Emit(access.Width switch { 1 => OpCodes.Ldind_U1, 2 => OpCodes.Ldind_U2, 4 => OpCodes.Ldind_U4, _ => OpCodes.Ldind_I8 });
                return;
        }
    }

    private void StoreContext(int slot, Instruction instruction, long offset, int size)
    {
        _facts.Context!.TryResolve(offset, size, write: true, out ContextAccess access);
        ContextAddress(slot, access);
        Stored(instruction, access.Width);
        _il.Emit(access.Width switch { 1 => OpCodes.Stind_I1, 2 => OpCodes.Stind_I2, 4 => OpCodes.Stind_I4, _ => OpCodes.Stind_I8 });
    }

    private void ContextAddress(int slot, ContextAccess access) =>
        _machine.ContextAddress(_frame, access, () => Rare(() => Throw(slot, JitMethods.SocketBufferFault)));

    /// <summary>Throws the fault of an access; nothing follows.</summary>
    private void ThrowAccess(Access access)
    {
        _il.Emit(OpCodes.Ldarg_1);
        Address(access);
        _il.Emit(OpCodes.Ldc_I4, access.Slot);
        _il.Emit(OpCodes.Ldc_I4, access.Size);
        _il.Emit(access.Write ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Call, JitMethods.AccessFault);
        _il.Emit(OpCodes.Throw);
    }

    /// <summary>Throws the fault that a method of the machine and the slot makes; nothing follows.</summary>
    private void Throw(int slot, System.Reflection.MethodInfo fault)
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, slot);
        _il.Emit(OpCodes.Call, fault);
        _il.Emit(OpCodes.Throw);
    }

    /// <summary>One access: where, how wide, and which way.</summary>
    private readonly record struct Access(int Slot, Register Pointer, int Displacement, int Size, bool Write);
}
