using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Which registers may still be read from the start of each block of a function on.</summary>
internal sealed class LiveRegisters
{
    private const int FirstArgument = 1, LastArgument = 5;

    private readonly Dictionary<int, int> _live = [];
    private readonly FlowShape _shape;
    private readonly Graph _graph;

    /// <summary>Finds them.</summary>
    public LiveRegisters(FlowShape shape, Graph graph)
    {
        (_shape, _graph) = (shape, graph);
        int[] leaders = shape.Leaders;
        var before = new Dictionary<int, List<int>>(leaders.Length);
        var ends = new Dictionary<int, int>(leaders.Length);
        foreach (int leader in leaders)
        {
            _live[leader] = 0;
            ends[leader] = shape.LastSlot(leader);
            foreach (int next in shape.Successors(ends[leader]))
            {
                if (!before.TryGetValue(next, out List<int>? list))
                    before[next] = list = [];
                list.Add(leader);
            }
        }
        // From the last block back; what changes asks those before it again.
        var open = new Stack<int>(leaders);
        var waits = new HashSet<int>(leaders);
        while (open.TryPop(out int leader))
        {
            waits.Remove(leader);
            int live = At(leader, ends[leader]);
            if (live == _live[leader])
                continue;
            _live[leader] = live;
            foreach (int other in before.GetValueOrDefault(leader) ?? [])
            {
                if (waits.Add(other))
                    open.Push(other);
            }
        }
    }

    /// <summary>True when the register may be read from the block at a slot on.</summary>
    public bool IsLive(int slot, int register) => (_live[slot] >> register & 1) != 0;

    private int At(int leader, int last)
    {
        int live = 0;
        foreach (int next in _shape.Successors(last))
            live |= _live[next];
        for (int slot = last; slot >= leader; slot--)
        {
            if (_shape[slot] == Instruction.WideTail)
                continue;
            (int reads, int writes) = Of(_shape[slot]);
            live = (live & ~writes) | reads;
        }
        return live;
    }

    private (int Reads, int Writes) Of(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        int dst = 1 << (int)instruction.Dst, src = 1 << (int)instruction.Src;
        switch (opcode.Class)
        {
            case OpcodeClass.Alu or OpcodeClass.Alu64:
                return ((opcode.AluOp == AluOp.Mov ? 0 : dst) | (opcode.UsesRegister && opcode.AluOp != AluOp.End ? src : 0), dst);
            case OpcodeClass.Ld:
                return instruction.Opcode.IsWideLoad ? (0, dst) : (opcode.Mode == AccessMode.Ind ? src : 0, 1);
            case OpcodeClass.Ldx:
                return (src, dst);
            case OpcodeClass.Stx when opcode.Mode == AccessMode.Atomic:
                // Only what is read counts: what an exchange gives is not known to be overwritten for all of them.
                return (dst | src | 1, 0);
            case OpcodeClass.St or OpcodeClass.Stx:
                return (dst | (opcode.Class == OpcodeClass.Stx ? src : 0), 0);
            default:
                return OfJump(instruction, dst, src);
        }
    }

    private (int Reads, int Writes) OfJump(Instruction instruction, int dst, int src)
    {
        switch (instruction.Opcode.JumpOp)
        {
            case JumpOp.Exit:
                return (1, 0);
            case JumpOp.Ja or JumpOp.Jcond:
                return (0, 0);
            case JumpOp.Call when instruction.CallKind == CallKind.Local:
                return (Arguments(LastArgument), Arguments(LastArgument) | 1);
            case JumpOp.Call:
                int count = _graph.IsPlain ? FirstArgument : HelperEffects.ArgumentCount((HelperId)instruction.Imm32, _graph.Program.Type);
                return FlowShape.IsTailCall(instruction) ? (Arguments(3), 0) : (Arguments(count), 1);
            default:
                return (dst | (instruction.Opcode.UsesRegister ? src : 0), 0);
        }
    }

    private static int Arguments(int count) => ((1 << count) - 1) << FirstArgument;
}
