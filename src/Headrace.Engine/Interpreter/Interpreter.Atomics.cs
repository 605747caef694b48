using System.Runtime.CompilerServices;
using Headrace.Bytecode;

namespace Headrace.Engine;

// x86-64 does locked operations at any address, as Linux lets programs do them there; .NET's Interlocked is the same instruction.
public sealed unsafe partial class Interpreter
{
    private void RunAtomic32(DecodedInstruction* op, ulong* r)
    {
        Machine.State->Pc = SlotOf(op);
        ref uint target = ref *(uint*)Machine.Writable(r[op->Dst] + (ulong)op->Offset, sizeof(uint));
        uint operand = (uint)r[op->Src];
        switch ((AtomicOp)op->Immediate)
        {
            case AtomicOp.Add: Interlocked.Add(ref target, operand); break;
            case AtomicOp.Or: Interlocked.Or(ref target, operand); break;
            case AtomicOp.And: Interlocked.And(ref target, operand); break;
            case AtomicOp.Xor: Xor(ref target, operand); break;
            case AtomicOp.FetchAdd: r[op->Src] = Interlocked.Add(ref target, operand) - operand; break;
            case AtomicOp.FetchOr: r[op->Src] = Interlocked.Or(ref target, operand); break;
            case AtomicOp.FetchAnd: r[op->Src] = Interlocked.And(ref target, operand); break;
            case AtomicOp.FetchXor: r[op->Src] = Xor(ref target, operand); break;
            case AtomicOp.Exchange: r[op->Src] = Interlocked.Exchange(ref target, operand); break;
            default: r[0] = CompareExchange(ref target, operand, *(uint*)r); break;
        }
    }

    private void RunAtomic64(DecodedInstruction* op, ulong* r)
    {
        Machine.State->Pc = SlotOf(op);
        ref ulong target = ref *(ulong*)Machine.Writable(r[op->Dst] + (ulong)op->Offset, sizeof(ulong));
        ulong operand = r[op->Src];
        switch ((AtomicOp)op->Immediate)
        {
            case AtomicOp.Add: Interlocked.Add(ref target, operand); break;
            case AtomicOp.Or: Interlocked.Or(ref target, operand); break;
            case AtomicOp.And: Interlocked.And(ref target, operand); break;
            case AtomicOp.Xor: Xor(ref target, operand); break;
            case AtomicOp.FetchAdd: r[op->Src] = Interlocked.Add(ref target, operand) - operand; break;
            case AtomicOp.FetchOr: r[op->Src] = Interlocked.Or(ref target, operand); break;
            case AtomicOp.FetchAnd: r[op->Src] = Interlocked.And(ref target, operand); break;
            case AtomicOp.FetchXor: r[op->Src] = Xor(ref target, operand); break;
            case AtomicOp.Exchange: r[op->Src] = Interlocked.Exchange(ref target, operand); break;
            default: r[0] = Interlocked.CompareExchange(ref target, operand, r[0]); break;
        }
    }

    // A call of its own, because RyuJIT's inline form trusts eax to be zero-extended, which the processor does not do where the compare succeeds.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint CompareExchange(ref uint target, uint value, uint expected) => Interlocked.CompareExchange(ref target, value, expected);

    private static uint Xor(ref uint target, uint operand)
    {
        uint old = Volatile.Read(ref target);
        while (true)
        {
            uint seen = Interlocked.CompareExchange(ref target, old ^ operand, old);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    private static ulong Xor(ref ulong target, ulong operand)
    {
        ulong old = Volatile.Read(ref target);
        while (true)
        {
            ulong seen = Interlocked.CompareExchange(ref target, old ^ operand, old);
            if (seen == old)
                return old;
            old = seen;
        }
    }
}
