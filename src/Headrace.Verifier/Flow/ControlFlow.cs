using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>The shape of a program: its subprograms and the places where paths meet.</summary>
internal sealed class ControlFlow(Instruction[] code, int[] starts)
{
    private readonly int _slots = code.Length;
    private int[] _predecessorStarts = [], _predecessors = [];

    /// <summary>First slots of the subprograms, ascending; the first is 0.</summary>
    public int[] Starts { get; } = starts;

    /// <summary>Where states are compared: conditional jumps, targets of jumps, after calls.</summary>
    public bool[] IsPrunePoint { get; } = new bool[code.Length];

    /// <summary>Where control may arrive from elsewhere than the slot before.</summary>
    public bool[] IsJumpPoint { get; } = new bool[code.Length];

    /// <summary>Where a state is always kept: loops that end by their own rules.</summary>
    public bool[] IsForcedPoint { get; } = new bool[code.Length];

    /// <summary>Calls of helpers that call a function back at once.</summary>
    public bool[] CallsBack { get; } = new bool[code.Length];

    /// <summary>Subprograms that a helper calls later: filled while paths are walked.</summary>
    public bool[] RunsLater { get; } = new bool[starts.Length];

    /// <summary>Subprograms with a tail call.</summary>
    public bool[] CallsTail { get; } = new bool[starts.Length];

    /// <summary>Number of subprograms.</summary>
    public int Count => Starts.Length;

    /// <summary>One past the last slot of a subprogram.</summary>
    public int End(int subprogram) => subprogram + 1 < Starts.Length ? Starts[subprogram + 1] : _slots;

    /// <summary>The subprogram that starts at a slot, or -1.</summary>
    public int Find(int start)
    {
        int index = Array.BinarySearch(Starts, start);
        return index < 0 ? -1 : index;
    }

    /// <summary>The subprogram a slot lies in.</summary>
    public int Containing(int slot)
    {
        int index = Array.BinarySearch(Starts, slot);
        return index < 0 ? ~index - 1 : index;
    }

    /// <summary>By slot the number of the loop it lies in, from 1; 0 for none.</summary>
    public int[] Components { get; private set; } = [];

    /// <summary>Where an instruction hands on to inside its function: the next one and a jump's target, each -1 for none.</summary>
    public (int Next, int Target) Successors(int slot) => SuccessorsOf(code[slot], slot);

    /// <summary>The same for an instruction at a slot.</summary>
    public static (int Next, int Target) SuccessorsOf(Instruction instruction, int slot)
    {
        Opcode opcode = instruction.Opcode;
        if (!opcode.IsJump || opcode.JumpOp == JumpOp.Call)
            return (slot + instruction.Slots, -1);
        return opcode.JumpOp switch
        {
            JumpOp.Exit => (-1, -1),
            JumpOp.Ja => (-1, slot + 1 + (opcode.Is32 ? instruction.Imm32 : instruction.Offset)),
            _ => (slot + 1, slot + 1 + instruction.Offset),
        };
    }

    /// <summary>The instructions that hand on to one.</summary>
    public ReadOnlySpan<int> Predecessors(int slot) => _predecessors.AsSpan(_predecessorStarts[slot].._predecessorStarts[slot + 1]);

    /// <summary>Works out loops and predecessors, once jumps are known to be in range.</summary>
    public void Complete()
    {
        Components = LoopComponents.Find(this, _slots);
        _predecessorStarts = new int[_slots + 1];
        for (int slot = 0; slot < _slots; slot += code[slot].Slots)
        {
            (int next, int target) = Successors(slot);
            if (next >= 0)
                _predecessorStarts[next]++;
            if (target >= 0)
                _predecessorStarts[target]++;
        }
        for (int slot = 0, sum = 0; slot <= _slots; slot++)
            _predecessorStarts[slot] = sum += _predecessorStarts[slot];
        _predecessors = new int[_predecessorStarts[_slots]];
        // Each is put before the one put last, so that the starts end where they should.
        for (int slot = 0; slot < _slots; slot += code[slot].Slots)
        {
            (int next, int target) = Successors(slot);
            if (next >= 0)
                _predecessors[--_predecessorStarts[next]] = slot;
            if (target >= 0)
                _predecessors[--_predecessorStarts[target]] = slot;
        }
    }
}
