namespace Headrace.Engine;

public sealed unsafe partial class Interpreter
{
    /// <summary>First byte of the packet or of the plain memory: what accesses hit most.</summary>
    private static ulong Low(MachineState* state) =>
        state->Frame != null ? (ulong)state->Frame->Meta : state->Memory != null ? (ulong)state->Memory : ulong.MaxValue;

    private static ulong High(MachineState* state) =>
        state->Frame != null ? (ulong)state->Frame->End : state->Memory != null ? (ulong)state->MemoryEnd : ulong.MaxValue;

    /// <summary>Loads from what is neither packet nor stack: context, map values, what helpers gave.</summary>
    private ulong LoadElsewhere(ulong address, int size, DecodedInstruction* op)
    {
        Machine.State->Pc = SlotOf(op);
        if (Machine.IsContext(address, out long offset))
            return Machine.LoadContext(offset, size);
        byte* source = Machine.Readable(address, (ulong)size);
        return size switch
        {
            1 => *source,
            2 => *(ushort*)source,
            4 => *(uint*)source,
            _ => *(ulong*)source,
        };
    }

    /// <summary>Stores to what is neither packet nor stack.</summary>
    private void StoreElsewhere(ulong address, int size, ulong value, DecodedInstruction* op)
    {
        Machine.State->Pc = SlotOf(op);
        if (Machine.IsContext(address, out long offset))
        {
            Machine.StoreContext(offset, size, value);
            return;
        }
        byte* target = Machine.Writable(address, (ulong)size);
        switch (size)
        {
            case 1: *target = (byte)value; break;
            case 2: *(ushort*)target = (ushort)value; break;
            case 4: *(uint*)target = (uint)value; break;
            default: *(ulong*)target = value; break;
        }
    }

    private ulong LoadAcquire(ulong address, DecodedInstruction* op)
    {
        int size = (int)op->Immediate;
        Machine.State->Pc = SlotOf(op);
        byte* source = Machine.Readable(address, (ulong)size);
        return size switch
        {
            1 => Volatile.Read(ref *source),
            2 => Volatile.Read(ref *(ushort*)source),
            4 => Volatile.Read(ref *(uint*)source),
            _ => Volatile.Read(ref *(ulong*)source),
        };
    }

    private void StoreRelease(ulong address, ulong value, DecodedInstruction* op)
    {
        int size = (int)op->Immediate;
        Machine.State->Pc = SlotOf(op);
        byte* target = Machine.Writable(address, (ulong)size);
        switch (size)
        {
            case 1: Volatile.Write(ref *target, (byte)value); break;
            case 2: Volatile.Write(ref *(ushort*)target, (ushort)value); break;
            case 4: Volatile.Write(ref *(uint*)target, (uint)value); break;
            default: Volatile.Write(ref *(ulong*)target, value); break;
        }
    }

    /// <summary>Legacy packet access (RFC 9669, section 5.5): R0 gets the bytes in host order; false, with R0 = 0, outside of the packet.</summary>
    private bool LoadPacket(int offset, DecodedInstruction* op, ulong* r)
    {
        Machine.State->Pc = SlotOf(op);
        if (Machine.LoadPacket(offset, op->Offset) is not { } value)
        {
            r[0] = 0;
            return false;
        }
        r[0] = value;
        return true;
    }
}
