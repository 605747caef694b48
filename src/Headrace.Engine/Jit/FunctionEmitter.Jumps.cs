using System.Reflection.Emit;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class FunctionEmitter
{
    private void EmitJump(BasicBlock block, int slot, Instruction instruction)
    {
        if (instruction.IsExit)
        {
            Leave();
            return;
        }
        BasicBlock target = block.Target!;
        WidenFor(target);
        if (block.Next is { } next)
            WidenFor(next);
        bool backward = _countsLoops && target.Start <= slot;
        if (ControlFlow.IsGoto(instruction))
        {
            if (backward)
                Spend(slot, slot + 1 - target.Start);
            _il.Emit(OpCodes.Br, _labels[target.Index]);
        }
        else if (instruction.Opcode.JumpOp == JumpOp.Jcond)
        {
            EmitMayGoto(block, slot, backward);
        }
        else if (backward)
        {
            // The way on leaves the loop; the way back pays.
            Branch(instruction, taken: false, _labels[block.Next!.Index]);
            Spend(slot, slot + 1 - target.Start);
            _il.Emit(OpCodes.Br, _labels[target.Index]);
        }
        else
        {
            Branch(instruction, taken: true, _labels[target.Index]);
        }
    }

    // Falls through while iterations are left, else jumps (Linux 6.9: include/uapi/linux/bpf.h, BPF_JCOND).
    private void EmitMayGoto(BasicBlock block, int slot, bool backward)
    {
        Label on = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, _loops!);
        _il.Emit(OpCodes.Brtrue, on);
        if (backward)
            Spend(slot, slot + 1 - block.Target!.Start);
        _il.Emit(OpCodes.Br, _labels[block.Target!.Index]);
        _il.MarkLabel(on);
        _il.Emit(OpCodes.Ldloc, _loops!);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stloc, _loops!);
    }

    private void Branch(Instruction instruction, bool taken, Label target)
    {
        // Numbers without upper halves compare as their lower ones do, and none is negative.
        bool areWords = !instruction.Opcode.Is32 && IsKnown(instruction.Dst) && (instruction.Opcode.UsesRegister ? IsKnown(instruction.Src) : instruction.Immediate >= 0);
        bool is64 = !instruction.Opcode.Is32 && !areWords;
        JumpOp op = areWords ? Unsigned(instruction.Opcode.JumpOp) : instruction.Opcode.JumpOp;
        Operand(instruction.Dst, is64);
        Source(instruction, is64);
        if (op == JumpOp.Jset)
        {
            _il.Emit(OpCodes.And);
            _il.Emit(taken ? OpCodes.Brtrue : OpCodes.Brfalse, target);
            return;
        }
        _il.Emit(JitMethods.Jump(op, taken), target);
    }

    private static JumpOp Unsigned(JumpOp op) => op switch
    {
        JumpOp.Jsgt => JumpOp.Jgt,
        JumpOp.Jsge => JumpOp.Jge,
        JumpOp.Jslt => JumpOp.Jlt,
        JumpOp.Jsle => JumpOp.Jle,
        _ => op,
    };

    /// <summary>Takes so many instructions from the run's budget and stops the program when there are not as many.</summary>
    private void Spend(int slot, int instructions) => _machine.Spend(instructions, Rare(() => Throw(slot, JitMethods.EndlessFault)));

    private void SaveBudget() => _machine.SaveBudget();

    private void LoadBudget() => _machine.LoadBudget();
}
