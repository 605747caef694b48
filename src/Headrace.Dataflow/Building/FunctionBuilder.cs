using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Turns the instructions of a function into blocks of actors in single-assignment form.</summary>
/// <remarks>Blocks that control comes to from several sides get a merge for each register; <see cref="Cleaning"/> drops those that merge nothing.</remarks>
internal sealed partial class FunctionBuilder(GraphFunction function, FlowShape shape)
{
    private const int Registers = 11;

    private readonly Dictionary<int, Block> _blocks = [];
    private readonly Dictionary<Block, Actor[]> _ends = [];
    private readonly List<(Block Block, Actor[] Merges)> _merges = [];
    private Block _block = null!;
    private Actor[] _registers = [];
    private int _slot;

    /// <summary>Fills the function.</summary>
    public void Build()
    {
        var live = new LiveRegisters(shape, function.Graph);
        Block entry = function.NewBlock(shape.Start);
        foreach (int leader in shape.Leaders)
            _blocks[leader] = function.NewBlock(leader);
        entry.Connect(_blocks[shape.Start]);
        foreach ((int leader, Block block) in _blocks)
            ConnectExits(leader, block);
        function.Arrange();
        BuildEntry(entry);
        foreach (Block block in function.Blocks.Skip(1).ToArray())
        {
            if (!_ends.ContainsKey(block))
                BuildBlock(block, live);
        }
        foreach ((Block block, Actor[] merges) in _merges)
        {
            foreach (Edge edge in block.Predecessors)
            {
                for (int register = 0; register < Registers; register++)
                {
                    if (merges[register].Kind == ActorKind.Merge)
                        merges[register].AddInput(_ends[edge.From][register]);
                }
            }
        }
    }

    private void BuildEntry(Block entry)
    {
        var registers = new Actor[Registers];
        for (int register = 0; register < Registers; register++)
            registers[register] = function.Constant(0);
        int parameters = function.Start == 0 ? (function.Graph.IsPlain ? 2 : 1) : 5;
        for (int register = 1; register <= parameters; register++)
        {
            Actor parameter = function.Graph.NewActor(ActorKind.Parameter, shape.Start);
            parameter.Immediate = register;
            entry.Append(parameter);
            registers[register] = parameter;
        }
        registers[(int)Register.R10] = function.Literal(ActorKind.FramePointer, 0);
        entry.Append(function.Graph.NewActor(ActorKind.Goto, shape.Start));
        _ends[entry] = registers;
    }

    private void ConnectExits(int leader, Block block)
    {
        int last = shape.LastSlot(leader);
        foreach (int next in shape.Successors(last))
            block.Connect(_blocks[next]);
        if (FlowShape.IsPacketLoad(shape[last]))
            block.Connect(OutsideBlock(last));
    }

    // Legacy packet access outside of the packet ends the function with 0.
    private Block OutsideBlock(int slot)
    {
        Block block = function.NewBlock(slot);
        _ends[block] = [];
        return block;
    }

    private void BuildBlock(Block block, LiveRegisters live)
    {
        _block = block;
        _slot = block.Slot;
        if (block.Predecessors.Count == 1)
            _registers = [.. _ends[block.Predecessors[0].From]];
        else
            Merge(block, live);
        int last = shape.LastSlot(block.Slot);
        for (_slot = block.Slot; _slot <= last; _slot += shape[_slot].Slots)
        {
            BuildInstruction(shape[_slot]);
            TakeProof();
        }
        _slot = last;
        if (block.List.Count == 0 || !block.Terminator.IsTerminator)
            Add(ActorKind.Goto);
        _ends[block] = _registers;
    }

    /// <summary>Keeps what the verifier proved of the instruction's result.</summary>
    private void TakeProof()
    {
        if (shape.FactsAt(_slot) is { Target: { } target } facts && this[target] is { IsLiteral: false } actor && actor.Slot == _slot && actor.Kind != ActorKind.Merge)
            actor.Proved = ProvedFacts.Of(facts.Result, function.Graph);
    }

    // What nobody reads from here on needs no merge.
    private void Merge(Block block, LiveRegisters live)
    {
        _registers = new Actor[Registers];
        for (int register = 0; register < Registers; register++)
            _registers[register] = live.IsLive(block.Slot, register) ? Add(ActorKind.Merge) : Constant(0);
        _merges.Add((block, [.. _registers]));
    }

    private Actor this[Register register]
    {
        get => (int)register < Registers ? _registers[(int)register] : throw Meaningless();
        set => _registers[(int)register] = value;
    }

    private BytecodeException Meaningless() => new(_slot, "the instruction has no meaning in a graph");

    private Actor Add(ActorKind kind, params ReadOnlySpan<Actor> inputs)
    {
        Actor actor = function.Graph.NewActor(kind, _slot, inputs);
        _block.Append(actor);
        return actor;
    }

    private Actor Constant(long value) => function.Constant((ulong)value);

    private void BuildInstruction(Instruction instruction)
    {
        switch (instruction.Opcode.Class)
        {
            case OpcodeClass.Alu or OpcodeClass.Alu64:
                this[instruction.Dst] = BuildArithmetic(instruction);
                break;
            case OpcodeClass.Ld when instruction.Opcode.IsWideLoad:
                this[instruction.Dst] = BuildWideLoad(instruction);
                break;
            case OpcodeClass.Ld:
                BuildPacketLoad(instruction);
                break;
            case OpcodeClass.Ldx:
                this[instruction.Dst] = BuildLoad(instruction);
                break;
            case OpcodeClass.Stx when instruction.Opcode.Mode == AccessMode.Atomic:
                BuildAtomic(instruction);
                break;
            case OpcodeClass.St or OpcodeClass.Stx:
                Actor store = Add(ActorKind.Store, this[instruction.Dst],
                    instruction.Opcode.Class == OpcodeClass.St ? Constant(instruction.Immediate) : this[instruction.Src]);
                (store.Size, store.Immediate) = (instruction.Opcode.SizeInBytes, instruction.Offset);
                break;
            default:
                BuildJump(instruction);
                break;
        }
    }
}
