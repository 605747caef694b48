using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>A loop of one block that is known to run so many times, to be written several times over. It goes on by its branch, or by a jump behind that.</summary>
/// <param name="Add">Slot of the one instruction that changes the counter.</param>
/// <param name="Copies">How often to write the block: a divisor of its trips, so that only the last copy can leave the loop.</param>
internal sealed record CountedLoop(int Add, int Copies)
{
    private const int MostTrips = 1 << 16, MostCopies = 16, MostInstructions = 128;

    /// <summary>Finds out whether a block is one; null when not.</summary>
    public static CountedLoop? Find(BasicBlock block, ControlFlow flow, Provenance provenance, ProgramFacts facts)
    {
        Instruction last = facts.Instructions[block.Last];
        if (!ControlFlow.IsBranch(last) || last.Opcode.UsesRegister || last.Opcode.JumpOp is JumpOp.Jcond or JumpOp.Jset)
            return null;
        bool isTaken = block.Target == block;
        if (isTaken == (block.Next is { } next && next.Start == next.Last && ControlFlow.IsGoto(facts.Instructions[next.Start]) && next.Target == block))
            return null;
        if (FindAdd(block, facts, last.Dst) is not { } add || FindStart(block, isTaken ? block : block.Next!, flow, provenance, facts, last.Dst) is not { } start)
            return null;
        int trips = CountTrips(start, facts.Instructions[add], last, isTaken);
        int length = block.End - block.Start;
        for (int copies = Math.Min(MostCopies, MostInstructions / length); copies > 1; copies--)
        {
            if (trips > 0 && trips % copies == 0)
                return new CountedLoop(add, copies);
        }
        return null;
    }

    // The slot of the only instruction that writes to the counter, when that adds a constant.
    private static int? FindAdd(BasicBlock block, ProgramFacts facts, Register counter)
    {
        int? add = null;
        for (int slot = block.Start; slot < block.Last; slot += facts.Instructions[slot].Slots)
        {
            Instruction instruction = facts.Instructions[slot];
            if (WordRegisters.IsWide(instruction))
                return null;
            if (instruction.Dst != counter || instruction.Opcode.Class is OpcodeClass.St or OpcodeClass.Stx)
                continue;
            bool adds = instruction.Opcode.Class is OpcodeClass.Alu or OpcodeClass.Alu64 && instruction.Opcode.AluOp == AluOp.Add && !instruction.Opcode.UsesRegister;
            if (!adds || add is not null)
                return null;
            add = slot;
        }
        return add;
    }

    // What the counter holds on every way into the loop.
    private static ulong? FindStart(BasicBlock block, BasicBlock back, ControlFlow flow, Provenance provenance, ProgramFacts facts, Register counter)
    {
        ulong? start = null;
        var transfer = new Transfer(facts);
        if (block.Start == flow.Entry)
            return null;
        foreach (BasicBlock before in flow.Blocks)
        {
            if (before == back || (before.Next != block && before.Target != block))
                continue;
            AbstractState state = provenance.At(before)!.Clone();
            for (int slot = before.Start; slot < before.End; slot += facts.Instructions[slot].Slots)
                transfer.Step(state, slot);
            AbstractValue value = state[(int)counter];
            if (!value.IsConstant || (start is { } known && known != value.Low))
                return null;
            start = value.Low;
        }
        return start;
    }

    private static int CountTrips(ulong counter, Instruction add, Instruction branch, bool isTaken)
    {
        for (int trips = 1; trips <= MostTrips; trips++)
        {
            counter += (ulong)add.Immediate;
            if (add.Opcode.Is32)
                counter = (uint)counter;
            if (IsTaken(branch, counter) != isTaken)
                return trips;
        }
        return 0;
    }

    private static bool IsTaken(Instruction branch, ulong counter)
    {
        ulong value = branch.Opcode.Is32 ? (uint)counter : counter;
        ulong limit = branch.Opcode.Is32 ? (uint)branch.Immediate : (ulong)branch.Immediate;
        long signed = branch.Opcode.Is32 ? (int)counter : (long)counter;
        return branch.Opcode.JumpOp switch
        {
            JumpOp.Jeq => value == limit,
            JumpOp.Jne => value != limit,
            JumpOp.Jgt => value > limit,
            JumpOp.Jge => value >= limit,
            JumpOp.Jlt => value < limit,
            JumpOp.Jle => value <= limit,
            JumpOp.Jsgt => signed > branch.Immediate,
            JumpOp.Jsge => signed >= branch.Immediate,
            JumpOp.Jslt => signed < branch.Immediate,
            _ => signed <= branch.Immediate,
        };
    }
}
