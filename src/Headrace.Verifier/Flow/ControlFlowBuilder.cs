using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>Finds subprograms, checks that jumps stay inside them and that everything can be reached.</summary>
internal sealed class ControlFlowBuilder(Verifier verifier)
{
    private readonly Instruction[] _code = verifier.Code;

    /// <summary>Checks the program's shape.</summary>
    public ControlFlow Build()
    {
        var starts = new SortedSet<int> { 0 };
        for (int slot = 0; slot < _code.Length; slot++)
        {
            if (SubprogramTarget(slot) is not { } target)
                continue;
            if (target < 0 || target >= _code.Length)
                throw verifier.Reject($"call to invalid destination");
            starts.Add((int)target);
        }
        var flow = new ControlFlow(_code, [.. starts]);
        CheckJumps(flow);
        if (verifier.Types is not null && verifier.Program.Functions.Count > 0 && verifier.Program.Functions.All(function => function.TypeId != 0))
            CheckFunctions(flow);
        else
            CheckExits(flow, _ => "not allowed in subprogs without BTF");
        return flow;
    }

    /// <summary>Checks that every instruction is reached and marks where states are compared.</summary>
    public void Walk(ControlFlow flow)
    {
        var seen = new bool[_code.Length];
        var open = new Stack<int>();
        Push(0);
        while (open.Count > 0)
        {
            int slot = open.Pop();
            Visit(flow, slot, Push);
        }
        for (int i = 0; i < flow.Count; i++)
        {
            // Functions nobody calls are verified when they are global, and reached for that.
            if (!seen[flow.Starts[i]] && verifier.IsGlobal(i))
            {
                Push(flow.Starts[i]);
                while (open.Count > 0)
                    Visit(flow, open.Pop(), Push);
            }
        }
        for (int slot = 0; slot < _code.Length; slot++)
        {
            bool wide = _code[slot].Opcode.IsWideLoad;
            if (!seen[slot])
                throw verifier.Reject($"unreachable insn {slot}");
            if (!wide)
                continue;
            if (seen[slot + 1])
                throw verifier.Reject($"jump into the middle of ldimm64 insn {slot}");
            slot++;
        }
        flow.Complete();

        void Push(int slot)
        {
            if (slot < 0 || slot >= _code.Length)
                return;
            if (seen[slot])
                return;
            seen[slot] = true;
            open.Push(slot);
        }
    }

    private void Visit(ControlFlow flow, int slot, Action<int> push)
    {
        Instruction instruction = _code[slot];
        Opcode opcode = instruction.Opcode;
        int next = slot + instruction.Slots;
        if (!opcode.IsJump)
        {
            if (opcode.IsWideLoad && instruction.WideLoadKind == WideLoadKind.Function)
            {
                flow.IsPrunePoint[slot] = true;
                Meet(flow, next);
                Meet(flow, (int)SubprogramTarget(slot)!);
                push((int)SubprogramTarget(slot)!);
            }
            push(next);
            return;
        }
        switch (opcode.JumpOp)
        {
            case JumpOp.Exit:
                return;
            case JumpOp.Call:
                if (SubprogramTarget(slot) is { } callee)
                {
                    flow.IsPrunePoint[slot] = true;
                    Meet(flow, (int)callee);
                    push((int)callee);
                }
                else if (instruction.CallKind == CallKind.Helper && HelperTraits.CallsBack((HelperId)instruction.Imm32))
                {
                    flow.IsPrunePoint[slot] = flow.IsForcedPoint[slot] = flow.CallsBack[slot] = flow.IsJumpPoint[slot] = true;
                }
                else if (instruction.CallKind == CallKind.Helper && HelperTraits.CallsBackLater((HelperId)instruction.Imm32))
                {
                    flow.IsPrunePoint[slot] = true;
                }
                else if (KfuncPrototypes.At(verifier.Program, slot) is { Action: KfuncAction.NextOfIterator })
                {
                    flow.IsPrunePoint[slot] = flow.IsForcedPoint[slot] = true;
                }
                Meet(flow, next);
                push(next);
                return;
            case JumpOp.Ja:
                int target = Target(slot);
                Meet(flow, target);
                push(target);
                return;
            default:
                flow.IsPrunePoint[slot] = true;
                if (opcode.JumpOp == JumpOp.Jcond)
                    flow.IsForcedPoint[slot] = true;
                Meet(flow, Target(slot));
                push(next);
                push(Target(slot));
                return;
        }
    }

    private static void Meet(ControlFlow flow, int slot)
    {
        if (slot < flow.IsPrunePoint.Length)
            flow.IsPrunePoint[slot] = flow.IsJumpPoint[slot] = true;
    }

    private void CheckJumps(ControlFlow flow)
    {
        for (int i = 0; i < flow.Count; i++)
        {
            int start = flow.Starts[i], end = flow.End(i);
            for (int slot = start; slot < end; slot++)
            {
                Instruction instruction = _code[slot];
                Opcode opcode = instruction.Opcode;
                flow.CallsTail[i] |= instruction.IsCall && instruction.CallKind == CallKind.Helper && (HelperId)instruction.Imm32 == HelperId.TailCall;
                if (opcode.IsJump && opcode.JumpOp is not (JumpOp.Call or JumpOp.Exit))
                {
                    int target = Target(slot);
                    if (target < start || target >= end)
                        throw verifier.Reject($"jump out of range from insn {slot} to {target}");
                }
                if (slot == end - 1 && !(instruction.IsExit || (opcode.IsJump && opcode.JumpOp == JumpOp.Ja)))
                    throw verifier.Reject("last insn is not an exit or jmp");
            }
        }
    }

    // Types are of functions that are called, and of no others.
    private void CheckFunctions(ControlFlow flow)
    {
        if (verifier.Program.Functions.Count != flow.Count)
            throw verifier.Reject("number of funcs in func_info doesn't match number of subprogs");
        for (int i = 0; i < flow.Count; i++)
        {
            if (verifier.Program.Functions[i].Start != flow.Starts[i])
                throw verifier.Reject("func_info BTF section doesn't match subprog layout in BPF program");
        }
        CheckExits(flow, subprogram => ReturnsNumber(subprogram) ? null : "only allowed in functions that return 'int'.");
    }

    // Tail calls and classic loads may end the program from inside of a function, with a number as its result.
    private void CheckExits(ControlFlow flow, Func<int, string?> complaint)
    {
        for (int i = 1; i < flow.Count; i++)
        {
            bool loads = _code[flow.Starts[i]..flow.End(i)].Any(instruction => instruction.Opcode is { Class: OpcodeClass.Ld, Mode: AccessMode.Abs or AccessMode.Ind });
            if ((loads || flow.CallsTail[i]) && complaint(i) is { } text)
                throw verifier.Reject($"{(loads ? "LD_ABS" : "tail_call")} is {text}");
        }
    }

    private bool ReturnsNumber(int subprogram) =>
        verifier.Types is { } types && types[verifier.Program.Functions[subprogram].TypeId] is BtfFunction function && types[function.TypeId] is BtfPrototype prototype
        && types[types.SkipModifiers(prototype.ReturnTypeId)] is { } result && (result.IsEnum || result is BtfInt { Size: <= sizeof(ulong) });

    // Distances wrap around as 32-bit numbers do.
    private int Target(int slot)
    {
        Instruction instruction = _code[slot];
        bool isLong = instruction.Opcode.JumpOp == JumpOp.Ja && instruction.Opcode.Is32;
        return unchecked(slot + 1 + (isLong ? instruction.Imm32 : instruction.Offset));
    }

    private long? SubprogramTarget(int slot)
    {
        Instruction instruction = _code[slot];
        bool refers = (instruction.IsCall && instruction.CallKind == CallKind.Local)
            || (instruction.Opcode.IsWideLoad && instruction.WideLoadKind == WideLoadKind.Function);
        return refers ? slot + 1L + instruction.Imm32 : null;
    }
}
