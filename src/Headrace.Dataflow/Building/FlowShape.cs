using Headrace.Bytecode;
using Headrace.Verifier;

namespace Headrace.Dataflow;

/// <summary>What control reaches of a function: where blocks start and how they end.</summary>
internal sealed class FlowShape
{
    private readonly Instruction[] _code;
    private readonly VerifiedProgram? _verified;
    private readonly HashSet<int> _leaders = [];
    private readonly HashSet<int> _reached = [];

    private FlowShape(Instruction[] code, int start, VerifiedProgram? verified)
    {
        _code = code;
        _verified = verified;
        Start = start;
    }

    /// <summary>First slot of the function.</summary>
    public int Start { get; }

    /// <summary>First slots of the blocks, ascending.</summary>
    public int[] Leaders => [.. _leaders.Order()];

    /// <summary>Instructions that control reaches.</summary>
    public int Length => _reached.Count;

    /// <summary>Functions that are called or whose address is taken.</summary>
    public SortedSet<int> Functions { get; } = [];

    /// <summary>The instruction at a slot.</summary>
    public Instruction this[int slot] => _code[slot];

    /// <summary>What was proved of the instruction at a slot; null without a verifier.</summary>
    public InstructionFacts? FactsAt(int slot) => _verified?[slot];

    /// <summary>Walks a function.</summary>
    public static FlowShape Of(Instruction[] code, int start, VerifiedProgram? verified)
    {
        var shape = new FlowShape(code, start, verified);
        shape.Walk();
        shape.SplitLong();
        return shape;
    }

    /// <summary>The last slot of the block that starts at a leader.</summary>
    public int LastSlot(int leader)
    {
        for (int slot = leader; ; slot += _code[slot].Slots)
        {
            int next = slot + _code[slot].Slots;
            bool ends = _code[slot].Opcode.IsJump && _code[slot].Opcode.JumpOp != JumpOp.Call;
            if (ends || Splits(slot) || _leaders.Contains(next))
                return slot;
        }
    }

    /// <summary>Where control goes after the instruction, in the order of the exits; one place for what only goes on.</summary>
    public int[] Successors(int slot)
    {
        Instruction instruction = _code[slot];
        int next = slot + instruction.Slots;
        if (!instruction.Opcode.IsJump || instruction.Opcode.JumpOp == JumpOp.Call)
            return [next];
        int target = slot + 1 + (instruction.Opcode.Is32 && instruction.Opcode.JumpOp == JumpOp.Ja ? instruction.Imm32 : instruction.Offset);
        return instruction.Opcode.JumpOp switch
        {
            JumpOp.Exit => [],
            JumpOp.Ja => [target],
            _ when target == next => [next],
            // The budget of a may_goto is spent even where the verifier never saw its end.
            JumpOp.Jcond => [target, next],
            _ => _verified?[slot].Branch switch
            {
                true => [target],
                false => [next],
                null => [target, next],
            },
        };
    }

    /// <summary>True for what ends a block although control may only go on: a way out that is not written as a jump.</summary>
    public bool Splits(int slot) => IsPacketLoad(_code[slot]) || IsTailCall(_code[slot]);

    /// <summary>True for legacy packet access.</summary>
    public static bool IsPacketLoad(Instruction instruction) => instruction.Opcode.Class == OpcodeClass.Ld && !instruction.Opcode.IsWideLoad;

    /// <summary>True for the tail-call helper.</summary>
    public static bool IsTailCall(Instruction instruction) =>
        instruction.IsCall && instruction.CallKind == CallKind.Helper && instruction.Imm32 == (int)HelperId.TailCall;

    private void Walk()
    {
        var open = new Stack<int>();
        Push(Start, leads: true);
        while (open.TryPop(out int slot))
        {
            Instruction instruction = _code[slot];
            if (FunctionTarget(instruction, slot) is { } function)
                Functions.Add(function);
            int[] successors = Successors(slot);
            bool ends = instruction.Opcode.IsJump && instruction.Opcode.JumpOp != JumpOp.Call;
            foreach (int next in successors)
                Push(next, ends || Splits(slot));
        }

        void Push(int slot, bool leads)
        {
            if ((uint)slot >= (uint)_code.Length)
                throw new BytecodeException(slot, "control leaves the program");
            if (leads)
                _leaders.Add(slot);
            if (_reached.Add(slot))
                open.Push(slot);
        }
    }

    // Straight code of any length becomes blocks of a bounded one.
    private void SplitLong()
    {
        int length = 0;
        foreach (int slot in _reached.Order())
        {
            length = _leaders.Contains(slot) ? 1 : length + 1;
            if (length < Block.MaxLength)
                continue;
            _leaders.Add(slot);
            length = 1;
        }
    }

    private static int? FunctionTarget(Instruction instruction, int slot)
    {
        bool refers = (instruction.IsCall && instruction.CallKind == CallKind.Local)
            || (instruction.Opcode.IsWideLoad && instruction.WideLoadKind == WideLoadKind.Function);
        return refers ? slot + 1 + instruction.Imm32 : null;
    }
}
