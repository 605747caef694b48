using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Headrace.Engine;

public sealed unsafe partial class Interpreter
{
    /// <summary>Runs from <see cref="_next"/> until the frame at <paramref name="floor"/> exits; R0 holds the result.</summary>
    /// <param name="r">The registers.</param>
    /// <param name="floor">Call depth at which an exit ends the run.</param>
    /// <returns>False when the policy stopped it before the exit.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Execute<TPolicy>(ulong* r, int floor) where TPolicy : struct, IExecutionPolicy
    {
        MachineState* state = Machine.State;
        DecodedInstruction* pc = _next;
        long budget = state->Budget;
        ulong stackTop = (ulong)state->StackTop;
        ulong stack = stackTop - (ulong)((state->CallDepth + 1) * Machine.MaxStack);
        ulong low = Low(state);
        ulong high = High(state);
        ulong address;
        bool first = true;
        while (true)
        {
            DecodedInstruction* op = pc++;
            if (TPolicy.Steps && !first)
            {
                state->Budget = budget;
                _next = op;
                return false;
            }
            first = false;
            if (TPolicy.Observes)
                Observer?.Before(Machine.Program!, (int)(op - _code), new ReadOnlySpan<ulong>(r, RegisterCount));
            switch (op->Operation)
            {
                case Operation.Nop: continue;
                case Operation.Add64K: r[op->Dst] += (ulong)op->Immediate; continue;
                case Operation.Add64X: r[op->Dst] += r[op->Src]; continue;
                case Operation.Add32K: r[op->Dst] = (uint)r[op->Dst] + (uint)op->Immediate; continue;
                case Operation.Add32X: r[op->Dst] = (uint)r[op->Dst] + (uint)r[op->Src]; continue;
                case Operation.Sub64K: r[op->Dst] -= (ulong)op->Immediate; continue;
                case Operation.Sub64X: r[op->Dst] -= r[op->Src]; continue;
                case Operation.Sub32K: r[op->Dst] = (uint)r[op->Dst] - (uint)op->Immediate; continue;
                case Operation.Sub32X: r[op->Dst] = (uint)r[op->Dst] - (uint)r[op->Src]; continue;
                case Operation.Mul64K: r[op->Dst] *= (ulong)op->Immediate; continue;
                case Operation.Mul64X: r[op->Dst] *= r[op->Src]; continue;
                case Operation.Mul32K: r[op->Dst] = (uint)r[op->Dst] * (uint)op->Immediate; continue;
                case Operation.Mul32X: r[op->Dst] = (uint)r[op->Dst] * (uint)r[op->Src]; continue;
                case Operation.Div64K: r[op->Dst] = Arithmetic.Divide(r[op->Dst], (ulong)op->Immediate); continue;
                case Operation.Div64X: r[op->Dst] = Arithmetic.Divide(r[op->Dst], r[op->Src]); continue;
                case Operation.Div32K: r[op->Dst] = Arithmetic.Divide((uint)r[op->Dst], (uint)op->Immediate); continue;
                case Operation.Div32X: r[op->Dst] = Arithmetic.Divide((uint)r[op->Dst], (uint)r[op->Src]); continue;
                case Operation.SDiv64K: r[op->Dst] = Arithmetic.Divide((long)r[op->Dst], (long)op->Immediate); continue;
                case Operation.SDiv64X: r[op->Dst] = Arithmetic.Divide((long)r[op->Dst], (long)r[op->Src]); continue;
                case Operation.SDiv32K: r[op->Dst] = Arithmetic.Divide((int)r[op->Dst], (int)op->Immediate); continue;
                case Operation.SDiv32X: r[op->Dst] = Arithmetic.Divide((int)r[op->Dst], (int)r[op->Src]); continue;
                case Operation.Mod64K: r[op->Dst] = Arithmetic.Remainder(r[op->Dst], (ulong)op->Immediate); continue;
                case Operation.Mod64X: r[op->Dst] = Arithmetic.Remainder(r[op->Dst], r[op->Src]); continue;
                case Operation.Mod32K: r[op->Dst] = Arithmetic.Remainder((uint)r[op->Dst], (uint)op->Immediate); continue;
                case Operation.Mod32X: r[op->Dst] = Arithmetic.Remainder((uint)r[op->Dst], (uint)r[op->Src]); continue;
                case Operation.SMod64K: r[op->Dst] = Arithmetic.Remainder((long)r[op->Dst], (long)op->Immediate); continue;
                case Operation.SMod64X: r[op->Dst] = Arithmetic.Remainder((long)r[op->Dst], (long)r[op->Src]); continue;
                case Operation.SMod32K: r[op->Dst] = Arithmetic.Remainder((int)r[op->Dst], (int)op->Immediate); continue;
                case Operation.SMod32X: r[op->Dst] = Arithmetic.Remainder((int)r[op->Dst], (int)r[op->Src]); continue;
                case Operation.Or64K: r[op->Dst] |= (ulong)op->Immediate; continue;
                case Operation.Or64X: r[op->Dst] |= r[op->Src]; continue;
                case Operation.Or32K: r[op->Dst] = (uint)r[op->Dst] | (uint)op->Immediate; continue;
                case Operation.Or32X: r[op->Dst] = (uint)r[op->Dst] | (uint)r[op->Src]; continue;
                case Operation.And64K: r[op->Dst] &= (ulong)op->Immediate; continue;
                case Operation.And64X: r[op->Dst] &= r[op->Src]; continue;
                case Operation.And32K: r[op->Dst] = (uint)r[op->Dst] & (uint)op->Immediate; continue;
                case Operation.And32X: r[op->Dst] = (uint)r[op->Dst] & (uint)r[op->Src]; continue;
                case Operation.Xor64K: r[op->Dst] ^= (ulong)op->Immediate; continue;
                case Operation.Xor64X: r[op->Dst] ^= r[op->Src]; continue;
                case Operation.Xor32K: r[op->Dst] = (uint)r[op->Dst] ^ (uint)op->Immediate; continue;
                case Operation.Xor32X: r[op->Dst] = (uint)r[op->Dst] ^ (uint)r[op->Src]; continue;
                case Operation.Lsh64K: r[op->Dst] <<= (int)op->Immediate; continue;
                case Operation.Lsh64X: r[op->Dst] <<= (int)r[op->Src]; continue;
                case Operation.Lsh32K: r[op->Dst] = (uint)r[op->Dst] << (int)op->Immediate; continue;
                case Operation.Lsh32X: r[op->Dst] = (uint)r[op->Dst] << (int)r[op->Src]; continue;
                case Operation.Rsh64K: r[op->Dst] >>= (int)op->Immediate; continue;
                case Operation.Rsh64X: r[op->Dst] >>= (int)r[op->Src]; continue;
                case Operation.Rsh32K: r[op->Dst] = (uint)r[op->Dst] >> (int)op->Immediate; continue;
                case Operation.Rsh32X: r[op->Dst] = (uint)r[op->Dst] >> (int)r[op->Src]; continue;
                case Operation.Arsh64K: r[op->Dst] = (ulong)((long)r[op->Dst] >> (int)op->Immediate); continue;
                case Operation.Arsh64X: r[op->Dst] = (ulong)((long)r[op->Dst] >> (int)r[op->Src]); continue;
                case Operation.Arsh32K: r[op->Dst] = (uint)((int)r[op->Dst] >> (int)op->Immediate); continue;
                case Operation.Arsh32X: r[op->Dst] = (uint)((int)r[op->Dst] >> (int)r[op->Src]); continue;
                case Operation.Mov64K: r[op->Dst] = (ulong)op->Immediate; continue;
                case Operation.Mov64X: r[op->Dst] = r[op->Src]; continue;
                case Operation.Mov32K: r[op->Dst] = (uint)op->Immediate; continue;
                case Operation.Mov32X: r[op->Dst] = (uint)r[op->Src]; continue;
                case Operation.Neg64: r[op->Dst] = (ulong)-(long)r[op->Dst]; continue;
                case Operation.Neg32: r[op->Dst] = (uint)-(int)r[op->Dst]; continue;
                case Operation.MovSx8To64: r[op->Dst] = (ulong)(sbyte)r[op->Src]; continue;
                case Operation.MovSx16To64: r[op->Dst] = (ulong)(short)r[op->Src]; continue;
                case Operation.MovSx32To64: r[op->Dst] = (ulong)(int)r[op->Src]; continue;
                case Operation.MovSx8To32: r[op->Dst] = (uint)(sbyte)r[op->Src]; continue;
                case Operation.MovSx16To32: r[op->Dst] = (uint)(short)r[op->Src]; continue;
                case Operation.ToLe16: r[op->Dst] = (ushort)r[op->Dst]; continue;
                case Operation.ToLe32: r[op->Dst] = (uint)r[op->Dst]; continue;
                case Operation.Swap16: r[op->Dst] = BinaryPrimitives.ReverseEndianness((ushort)r[op->Dst]); continue;
                case Operation.Swap32: r[op->Dst] = BinaryPrimitives.ReverseEndianness((uint)r[op->Dst]); continue;
                case Operation.Swap64: r[op->Dst] = BinaryPrimitives.ReverseEndianness(r[op->Dst]); continue;
                case Operation.WideLoad: r[op->Dst] = (ulong)op->Immediate; pc++; continue;
                case Operation.Jeq64K: if (r[op->Dst] == (ulong)op->Immediate) goto Taken; continue;
                case Operation.Jeq64X: if (r[op->Dst] == r[op->Src]) goto Taken; continue;
                case Operation.Jeq32K: if ((uint)r[op->Dst] == (uint)op->Immediate) goto Taken; continue;
                case Operation.Jeq32X: if ((uint)r[op->Dst] == (uint)r[op->Src]) goto Taken; continue;
                case Operation.Jne64K: if (r[op->Dst] != (ulong)op->Immediate) goto Taken; continue;
                case Operation.Jne64X: if (r[op->Dst] != r[op->Src]) goto Taken; continue;
                case Operation.Jne32K: if ((uint)r[op->Dst] != (uint)op->Immediate) goto Taken; continue;
                case Operation.Jne32X: if ((uint)r[op->Dst] != (uint)r[op->Src]) goto Taken; continue;
                case Operation.Jgt64K: if (r[op->Dst] > (ulong)op->Immediate) goto Taken; continue;
                case Operation.Jgt64X: if (r[op->Dst] > r[op->Src]) goto Taken; continue;
                case Operation.Jgt32K: if ((uint)r[op->Dst] > (uint)op->Immediate) goto Taken; continue;
                case Operation.Jgt32X: if ((uint)r[op->Dst] > (uint)r[op->Src]) goto Taken; continue;
                case Operation.Jge64K: if (r[op->Dst] >= (ulong)op->Immediate) goto Taken; continue;
                case Operation.Jge64X: if (r[op->Dst] >= r[op->Src]) goto Taken; continue;
                case Operation.Jge32K: if ((uint)r[op->Dst] >= (uint)op->Immediate) goto Taken; continue;
                case Operation.Jge32X: if ((uint)r[op->Dst] >= (uint)r[op->Src]) goto Taken; continue;
                case Operation.Jlt64K: if (r[op->Dst] < (ulong)op->Immediate) goto Taken; continue;
                case Operation.Jlt64X: if (r[op->Dst] < r[op->Src]) goto Taken; continue;
                case Operation.Jlt32K: if ((uint)r[op->Dst] < (uint)op->Immediate) goto Taken; continue;
                case Operation.Jlt32X: if ((uint)r[op->Dst] < (uint)r[op->Src]) goto Taken; continue;
                case Operation.Jle64K: if (r[op->Dst] <= (ulong)op->Immediate) goto Taken; continue;
                case Operation.Jle64X: if (r[op->Dst] <= r[op->Src]) goto Taken; continue;
                case Operation.Jle32K: if ((uint)r[op->Dst] <= (uint)op->Immediate) goto Taken; continue;
                case Operation.Jle32X: if ((uint)r[op->Dst] <= (uint)r[op->Src]) goto Taken; continue;
                case Operation.Jsgt64K: if ((long)r[op->Dst] > op->Immediate) goto Taken; continue;
                case Operation.Jsgt64X: if ((long)r[op->Dst] > (long)r[op->Src]) goto Taken; continue;
                case Operation.Jsgt32K: if ((int)r[op->Dst] > (int)op->Immediate) goto Taken; continue;
                case Operation.Jsgt32X: if ((int)r[op->Dst] > (int)r[op->Src]) goto Taken; continue;
                case Operation.Jsge64K: if ((long)r[op->Dst] >= op->Immediate) goto Taken; continue;
                case Operation.Jsge64X: if ((long)r[op->Dst] >= (long)r[op->Src]) goto Taken; continue;
                case Operation.Jsge32K: if ((int)r[op->Dst] >= (int)op->Immediate) goto Taken; continue;
                case Operation.Jsge32X: if ((int)r[op->Dst] >= (int)r[op->Src]) goto Taken; continue;
                case Operation.Jslt64K: if ((long)r[op->Dst] < op->Immediate) goto Taken; continue;
                case Operation.Jslt64X: if ((long)r[op->Dst] < (long)r[op->Src]) goto Taken; continue;
                case Operation.Jslt32K: if ((int)r[op->Dst] < (int)op->Immediate) goto Taken; continue;
                case Operation.Jslt32X: if ((int)r[op->Dst] < (int)r[op->Src]) goto Taken; continue;
                case Operation.Jsle64K: if ((long)r[op->Dst] <= op->Immediate) goto Taken; continue;
                case Operation.Jsle64X: if ((long)r[op->Dst] <= (long)r[op->Src]) goto Taken; continue;
                case Operation.Jsle32K: if ((int)r[op->Dst] <= (int)op->Immediate) goto Taken; continue;
                case Operation.Jsle32X: if ((int)r[op->Dst] <= (int)r[op->Src]) goto Taken; continue;
                case Operation.Jset64K: if ((r[op->Dst] & (ulong)op->Immediate) != 0) goto Taken; continue;
                case Operation.Jset64X: if ((r[op->Dst] & r[op->Src]) != 0) goto Taken; continue;
                case Operation.Jset32K: if (((uint)r[op->Dst] & (uint)op->Immediate) != 0) goto Taken; continue;
                case Operation.Jset32X: if (((uint)r[op->Dst] & (uint)r[op->Src]) != 0) goto Taken; continue;
                case Operation.Jump: goto Taken;
                case Operation.MayGoto:
                    if (_frames[state->CallDepth].Loops == 0)
                        goto Taken;
                    _frames[state->CallDepth].Loops--;
                    continue;
                case Operation.LoadByte:
                    address = r[op->Src] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 1) || (address >= stack && address <= stackTop - 1))
                        r[op->Dst] = *(byte*)address;
                    else
                        r[op->Dst] = (byte)LoadElsewhere(address, 1, op);
                    continue;
                case Operation.LoadHalf:
                    address = r[op->Src] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 2) || (address >= stack && address <= stackTop - 2))
                        r[op->Dst] = *(ushort*)address;
                    else
                        r[op->Dst] = (ushort)LoadElsewhere(address, 2, op);
                    continue;
                case Operation.LoadWord:
                    address = r[op->Src] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 4) || (address >= stack && address <= stackTop - 4))
                        r[op->Dst] = *(uint*)address;
                    else
                        r[op->Dst] = LoadElsewhere(address, 4, op);
                    continue;
                case Operation.LoadDouble:
                    address = r[op->Src] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 8) || (address >= stack && address <= stackTop - 8))
                        r[op->Dst] = *(ulong*)address;
                    else
                        r[op->Dst] = LoadElsewhere(address, 8, op);
                    continue;
                case Operation.LoadSignedByte:
                    address = r[op->Src] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 1) || (address >= stack && address <= stackTop - 1))
                        r[op->Dst] = (ulong)*(sbyte*)address;
                    else
                        r[op->Dst] = (ulong)(sbyte)LoadElsewhere(address, 1, op);
                    continue;
                case Operation.LoadSignedHalf:
                    address = r[op->Src] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 2) || (address >= stack && address <= stackTop - 2))
                        r[op->Dst] = (ulong)*(short*)address;
                    else
                        r[op->Dst] = (ulong)(short)LoadElsewhere(address, 2, op);
                    continue;
                case Operation.LoadSignedWord:
                    address = r[op->Src] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 4) || (address >= stack && address <= stackTop - 4))
                        r[op->Dst] = (ulong)*(int*)address;
                    else
                        r[op->Dst] = (ulong)(int)LoadElsewhere(address, 4, op);
                    continue;
                case Operation.StoreByteK:
                    address = r[op->Dst] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 1) || (address >= stack && address <= stackTop - 1))
                        *(byte*)address = (byte)op->Immediate;
                    else
                        StoreElsewhere(address, 1, (ulong)op->Immediate, op);
                    continue;
                case Operation.StoreHalfK:
                    address = r[op->Dst] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 2) || (address >= stack && address <= stackTop - 2))
                        *(ushort*)address = (ushort)op->Immediate;
                    else
                        StoreElsewhere(address, 2, (ulong)op->Immediate, op);
                    continue;
                case Operation.StoreWordK:
                    address = r[op->Dst] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 4) || (address >= stack && address <= stackTop - 4))
                        *(uint*)address = (uint)op->Immediate;
                    else
                        StoreElsewhere(address, 4, (ulong)op->Immediate, op);
                    continue;
                case Operation.StoreDoubleK:
                    address = r[op->Dst] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 8) || (address >= stack && address <= stackTop - 8))
                        *(ulong*)address = (ulong)op->Immediate;
                    else
                        StoreElsewhere(address, 8, (ulong)op->Immediate, op);
                    continue;
                case Operation.StoreByteX:
                    address = r[op->Dst] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 1) || (address >= stack && address <= stackTop - 1))
                        *(byte*)address = (byte)r[op->Src];
                    else
                        StoreElsewhere(address, 1, r[op->Src], op);
                    continue;
                case Operation.StoreHalfX:
                    address = r[op->Dst] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 2) || (address >= stack && address <= stackTop - 2))
                        *(ushort*)address = (ushort)r[op->Src];
                    else
                        StoreElsewhere(address, 2, r[op->Src], op);
                    continue;
                case Operation.StoreWordX:
                    address = r[op->Dst] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 4) || (address >= stack && address <= stackTop - 4))
                        *(uint*)address = (uint)r[op->Src];
                    else
                        StoreElsewhere(address, 4, r[op->Src], op);
                    continue;
                case Operation.StoreDoubleX:
                    address = r[op->Dst] + (ulong)op->Offset;
                    if ((address >= low && address <= high - 8) || (address >= stack && address <= stackTop - 8))
                        *(ulong*)address = r[op->Src];
                    else
                        StoreElsewhere(address, 8, r[op->Src], op);
                    continue;
                case Operation.Atomic32:
                    RunAtomic32(op, r);
                    continue;
                case Operation.Atomic64:
                    RunAtomic64(op, r);
                    continue;
                case Operation.LoadAcquire:
                    r[op->Dst] = LoadAcquire(r[op->Src] + (ulong)op->Offset, op);
                    continue;
                case Operation.StoreRelease:
                    StoreRelease(r[op->Dst] + (ulong)op->Offset, r[op->Src], op);
                    continue;
                case Operation.LoadPacketAbsolute:
                    if (LoadPacket((int)op->Immediate, op, r))
                        continue;
                    goto case Operation.Exit;
                case Operation.LoadPacketIndirect:
                    if (LoadPacket((int)op->Immediate + (int)r[op->Src], op, r))
                        continue;
                    goto case Operation.Exit;
                case Operation.CallIdentity: r[0] = r[1]; continue;
                case Operation.CallHelper:
                    state->Pc = (int)(op - _code);
                    state->Budget = budget;
                    r[0] = ((delegate*<Machine, ulong, ulong, ulong, ulong, ulong, ulong>)op->Immediate)(Machine, r[1], r[2], r[3], r[4], r[5]);
                    budget = state->Budget;
                    low = Low(state);
                    high = High(state);
                    continue;
                case Operation.CallLocal:
                    if ((budget -= op->Immediate) < 0)
                        goto Exhausted;
                    OpenFrame(op, pc, r);
                    stack -= Machine.MaxStack;
                    pc += op->Offset;
                    continue;
                case Operation.TailCall:
                    if (TailCall(op, r))
                        pc = _code;
                    continue;
                case Operation.Exit:
                    if (state->CallDepth == floor)
                    {
                        state->Budget = budget;
                        return true;
                    }
                    pc = CloseFrame(r);
                    stack += Machine.MaxStack;
                    continue;
                default:
                    state->Pc = (int)(op - _code);
                    throw Machine.Fault("there is no instruction here");
            }
        Taken:
            pc += op->Offset;
            if (op->Offset >= 0 || (budget += op->Offset) >= 0)
                continue;
        Exhausted:
            state->Pc = (int)(op - _code);
            throw Machine.BudgetFault();
        }
    }
}
