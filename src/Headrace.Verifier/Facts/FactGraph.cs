using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>The blocks of a program in an order in which callers come before what they call and, but for loops, blocks before what follows them.</summary>
internal sealed class FactGraph
{
    private readonly Instruction[] _code;
    private readonly ControlFlow _flow;
    private readonly FactBlock?[] _byStart;
    private ILookup<FactBlock, FactBlock>? _before;

    public FactGraph(Instruction[] code, ControlFlow flow)
    {
        (_code, _flow) = (code, flow);
        _byStart = new FactBlock?[code.Length];
        Cut();
        Ordered = Order();
    }

    /// <summary>The blocks that can be reached, in order.</summary>
    public FactBlock[] Ordered { get; }

    /// <summary>The block that starts at a slot.</summary>
    public FactBlock At(int slot) => _byStart[slot]!;

    /// <summary>The block that starts at a slot; null for a slot behind the program's end.</summary>
    public FactBlock? Find(int slot) => slot < _byStart.Length ? _byStart[slot] : null;

    /// <summary>Slots where control may go on inside the function: the next one, and a jump's target; -1 for none.</summary>
    public (int Next, int Target) Successors(int slot)
    {
        Instruction instruction = _code[slot];
        Opcode opcode = instruction.Opcode;
        if (!opcode.IsJump || instruction.IsCall)
            return (slot + instruction.Slots, -1);
        return opcode.JumpOp switch
        {
            JumpOp.Exit => (-1, -1),
            JumpOp.Ja => (-1, (int)InstructionTargets.Of(instruction, slot)!),
            _ => (slot + 1, (int)InstructionTargets.Of(instruction, slot)!),
        };
    }

    /// <summary>The blocks that control may come from inside the function.</summary>
    public IEnumerable<FactBlock> Before(FactBlock block)
    {
        _before ??= Ordered.SelectMany(from => After(from).Select(to => (From: from, To: to))).ToLookup(edge => edge.To, edge => edge.From);
        return _before[block];
    }

    private IEnumerable<FactBlock> After(FactBlock block)
    {
        (int next, int target) = Successors(block.Last);
        if (next >= 0 && next < _code.Length)
            yield return At(next);
        if (target >= 0 && target != next)
            yield return At(target);
    }

    private void Cut()
    {
        var starts = new bool[_code.Length + 1];
        foreach (int start in _flow.Starts)
            starts[start] = true;
        for (int slot = 0; slot < _code.Length; slot += _code[slot].Slots)
        {
            Instruction instruction = _code[slot];
            if (!instruction.Opcode.IsJump)
                continue;
            starts[slot + 1] = true;
            if (!instruction.IsCall && Successors(slot).Target is >= 0 and var target)
                starts[target] = true;
        }
        int first = 0, last = 0;
        for (int slot = 0; slot < _code.Length; slot += _code[slot].Slots)
        {
            if (starts[slot])
                first = slot;
            last = slot;
            int next = slot + _code[slot].Slots;
            if (next >= _code.Length || starts[next])
                _byStart[first] = new FactBlock(first, last, _flow.Containing(first));
        }
    }

    private FactBlock[] Order()
    {
        var ordered = new List<FactBlock>();
        foreach (int function in FunctionOrder())
            ordered.AddRange(BlockOrder(_flow.Starts[function]));
        for (int i = 0; i < ordered.Count; i++)
            ordered[i].Order = i;
        return [.. ordered];
    }

    private List<FactBlock> BlockOrder(int start)
    {
        var order = new List<FactBlock>();
        var seen = new HashSet<int> { start };
        var open = new Stack<(FactBlock Block, int Step)>();
        open.Push((At(start), 0));
        while (open.Count > 0)
        {
            (FactBlock block, int step) = open.Pop();
            (int next, int target) = Successors(block.Last);
            if (step == 2)
            {
                order.Add(block);
                continue;
            }
            open.Push((block, step + 1));
            // The way on is visited last, so that it stands first: loops stay together.
            int successor = step == 0 ? target : next;
            if (successor >= 0 && successor < _code.Length && seen.Add(successor))
                open.Push((At(successor), 0));
        }
        order.Reverse();
        return order;
    }

    private List<int> FunctionOrder()
    {
        var callees = new SortedSet<int>[_flow.Count];
        for (int function = 0; function < _flow.Count; function++)
        {
            callees[function] = [];
            for (int slot = _flow.Starts[function]; slot < _flow.End(function); slot += _code[slot].Slots)
            {
                Instruction instruction = _code[slot];
                if ((instruction.IsCall || instruction.Opcode.IsWideLoad) && InstructionTargets.Of(instruction, slot) is { } target)
                    callees[function].Add(_flow.Find((int)target));
            }
        }
        var order = new List<int>();
        var seen = new bool[_flow.Count];
        Visit(0);
        order.Reverse();
        return order;

        // Calls nest eight deep at most.
        void Visit(int function)
        {
            if (seen[function])
                return;
            seen[function] = true;
            foreach (int callee in callees[function])
                Visit(callee);
            order.Add(function);
        }
    }
}
