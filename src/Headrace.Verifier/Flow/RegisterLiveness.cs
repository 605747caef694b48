using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>Which registers may still be read, before each instruction.</summary>
internal static class RegisterLiveness
{
    private const int Arguments = 0b11_1110;
    private const int CallerSaved = 0b11_1111;
    private const int FramePointer = 1 << 10;

    /// <summary>Solves it for a whole program.</summary>
    /// <param name="program">The program; its type decides about helpers' prototypes.</param>
    /// <param name="flow">Its shape.</param>
    /// <returns>A mask of registers a slot.</returns>
    /// <remarks>An instruction is looked at again only when what is live behind it has grown, which is at most once a register.</remarks>
    public static ushort[] Solve(ProgramSpec program, ControlFlow flow)
    {
        Instruction[] code = program.Instructions;
        var live = new ushort[code.Length];
        var isWaiting = new bool[code.Length];
        var waiting = new Stack<int>(code.Length);
        for (int slot = 0; slot < code.Length; slot += code[slot].Slots)
        {
            waiting.Push(slot);
            isWaiting[slot] = true;
        }
        while (waiting.Count > 0)
        {
            int slot = waiting.Pop();
            isWaiting[slot] = false;
            (int reads, int writes) = Effects(code[slot]);
            if (code[slot].IsCall && ArgumentsOf(program, code[slot], slot) is { } arguments)
                reads = (1 << (arguments + 1)) - 2;
            int after = 0;
            (int next, int target) = flow.Successors(slot);
            if (next >= 0 && next < code.Length)
                after |= live[next];
            if (target >= 0 && target < code.Length)
                after |= live[target];
            ushort before = (ushort)((after & ~writes) | reads);
            if (before == live[slot])
                continue;
            live[slot] = before;
            foreach (int earlier in flow.Predecessors(slot))
            {
                if (isWaiting[earlier])
                    continue;
                isWaiting[earlier] = true;
                waiting.Push(earlier);
            }
        }
        return live;
    }

    private static int? ArgumentsOf(ProgramSpec program, Instruction call, int slot) => call.CallKind switch
    {
        CallKind.Helper => HelperPrototypes.Find((HelperId)call.Imm32, program.Type)?.Arguments.Length,
        CallKind.Kfunc => KfuncPrototypes.At(program, slot)?.Arguments.Length,
        _ => null,
    };

    private static List<int> PostOrder(Instruction[] code)
    {
        var order = new List<int>(code.Length);
        for (int slot = code.Length - 1; slot >= 0; slot--)
            order.Add(slot);
        return order;
    }

    /// <summary>Registers an instruction reads and writes.</summary>
    public static (int Reads, int Writes) Effects(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        int dst = 1 << ((int)instruction.Dst & 15), src = 1 << ((int)instruction.Src & 15);
        switch (opcode.Class)
        {
            case OpcodeClass.Alu or OpcodeClass.Alu64:
                bool reads = opcode.AluOp != AluOp.Mov;
                bool usesSource = opcode.UsesRegister && opcode.AluOp != AluOp.End;
                return ((reads ? dst : 0) | (usesSource ? src : 0), dst);
            case OpcodeClass.Ldx:
                return (src, dst);
            case OpcodeClass.St:
                return (dst, 0);
            case OpcodeClass.Stx when opcode.Mode == AccessMode.Atomic:
                var op = (AtomicOp)instruction.Imm32;
                if (op == AtomicOp.LoadAcquire)
                    return (src, dst);
                if (op == AtomicOp.CompareExchange)
                    return (dst | src | 1, 1);
                return (dst | src, op != AtomicOp.StoreRelease && (instruction.Imm32 & (int)AtomicOp.Fetch) != 0 ? src : 0);
            case OpcodeClass.Stx:
                return (dst | src, 0);
            case OpcodeClass.Ld:
                return opcode.IsWideLoad ? (0, dst) : ((1 << 6) | (opcode.Mode == AccessMode.Ind ? src : 0), CallerSaved);
            default:
                return opcode.JumpOp switch
                {
                    JumpOp.Ja or JumpOp.Jcond => (0, 0),
                    JumpOp.Exit => (1, 0),
                    JumpOp.Call => (Arguments | FramePointer, CallerSaved),
                    _ => (dst | (opcode.UsesRegister ? src : 0), 0),
                };
        }
    }
}
