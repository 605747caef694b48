using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>The basic blocks of one function of a program: everything its entry reaches without a call.</summary>
internal sealed class ControlFlow
{
    private readonly Dictionary<int, BasicBlock> _byStart = [];

    private ControlFlow(int entry) => Entry = entry;

    /// <summary>Slot of the function's first instruction.</summary>
    public int Entry { get; }

    /// <summary>The reachable blocks, by ascending slot.</summary>
    public IReadOnlyList<BasicBlock> Blocks { get; private set; } = [];

    /// <summary>Slots of the local functions it calls or takes the address of.</summary>
    public SortedSet<int> Callees { get; } = [];

    /// <summary>The block that starts at a slot.</summary>
    public BasicBlock At(int slot) => _byStart[slot];

    /// <summary>The slot a jump goes to when it is taken.</summary>
    public static int JumpTarget(Instruction instruction, int slot) =>
        slot + 1 + (instruction.Opcode.JumpOp == JumpOp.Ja && instruction.Opcode.Class == OpcodeClass.Jmp32 ? instruction.Imm32 : instruction.Offset);

    /// <summary>True for the jumps that are always taken.</summary>
    public static bool IsGoto(Instruction instruction) => instruction.Opcode.IsJump && instruction.Opcode.JumpOp == JumpOp.Ja;

    /// <summary>True for the jumps that may be taken.</summary>
    public static bool IsBranch(Instruction instruction) =>
        instruction.Opcode.IsJump && !instruction.IsCall && !instruction.IsExit && !IsGoto(instruction);

    /// <summary>The slot of the function that a local call or a function address names.</summary>
    public static int FunctionTarget(Instruction instruction, int slot) => slot + 1 + instruction.Imm32;

    /// <summary>Finds the blocks reachable from <paramref name="entry"/>.</summary>
    /// <exception cref="BytecodeException">Control leaves the program, or jumps into the middle of a wide load.</exception>
    public static ControlFlow Build(ReadOnlySpan<Instruction> program, int entry)
    {
        var flow = new ControlFlow(entry);
        bool[] reached = new bool[program.Length];
        bool[] leaders = new bool[program.Length];
        flow.Reach(program, reached, leaders);
        flow.Split(program, reached, leaders);
        return flow;
    }

    private void Reach(ReadOnlySpan<Instruction> program, bool[] reached, bool[] leaders)
    {
        var pending = new Stack<int>();
        Lead(Entry, Entry, program, pending);
        leaders[Entry] = true;
        while (pending.TryPop(out int slot))
        {
            while (!reached[slot])
            {
                reached[slot] = true;
                Instruction instruction = program[slot];
                if (instruction.IsExit)
                    break;
                if (instruction is { IsCall: true, CallKind: CallKind.Local } or { Opcode.IsWideLoad: true, WideLoadKind: WideLoadKind.Function })
                    Callees.Add(FunctionTarget(instruction, slot));
                bool isGoto = IsGoto(instruction);
                if (isGoto || IsBranch(instruction))
                {
                    int target = JumpTarget(instruction, slot);
                    Lead(target, slot, program, pending);
                    leaders[target] = true;
                    if (isGoto)
                        break;
                }
                int next = slot + instruction.Slots;
                if (next >= program.Length)
                    throw new BytecodeException(slot, "control runs past the last instruction");
                if (IsBranch(instruction))
                    leaders[next] = true;
                slot = next;
            }
        }
    }

    private static void Lead(int target, int from, ReadOnlySpan<Instruction> program, Stack<int> pending)
    {
        if ((uint)target >= (uint)program.Length)
            throw new BytecodeException(from, $"jumps to instruction {target}, outside of the program");
        if (target > 0 && program[target - 1].Opcode.IsWideLoad)
            throw new BytecodeException(from, $"jumps into the middle of the 64-bit immediate at instruction {target - 1}");
        pending.Push(target);
    }

    private void Split(ReadOnlySpan<Instruction> program, bool[] reached, bool[] leaders)
    {
        var blocks = new List<BasicBlock>();
        for (int slot = 0; slot < program.Length; slot++)
        {
            if (!reached[slot] || !leaders[slot])
                continue;
            int last = slot;
            while (!Ends(program[last]) && !leaders[last + program[last].Slots])
                last += program[last].Slots;
            var block = new BasicBlock(blocks.Count, slot, last, last + program[last].Slots);
            blocks.Add(block);
            _byStart.Add(slot, block);
        }
        foreach (BasicBlock block in blocks)
        {
            Instruction last = program[block.Last];
            if (IsGoto(last) || IsBranch(last))
                block.Target = _byStart[JumpTarget(last, block.Last)];
            if (!IsGoto(last) && !last.IsExit)
                block.Next = _byStart[block.End];
        }
        Blocks = blocks;
    }

    private static bool Ends(Instruction instruction) => instruction.IsExit || IsGoto(instruction) || IsBranch(instruction);
}
