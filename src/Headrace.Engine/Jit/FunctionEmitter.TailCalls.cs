using System.Reflection.Emit;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class FunctionEmitter
{
    // A method that grows without bound would lose the runtime's optimisation.
    private const int MostInlinedSlots = 512;

    private readonly FunctionEmitter? _caller;
    private LocalBuilder? _self;
    private int _inlinedSlots;
    private int _tailCalls;

    private FunctionEmitter Root => _caller?.Root ?? this;

    // Writes the program that a constant index of a known array leads to now in place of the call, behind a test that it still does.
    private void EmitKnownTarget(AbstractState state)
    {
        if (InlineTarget(state) is not { } target)
            return;
        Root._inlinedSlots += target.Instructions.Length;
        Label other = _il.DefineLabel();
        LocalBuilder found = _machine.Target(_maps, state[2].Map, (uint)state[3].Low, target.Id, other);
        SaveBudget();
        var inner = new FunctionEmitter(_functions, target.Compiled.Analysis, 0, _il, Mode.Burst, this) { _self = found, _tailCalls = _tailCalls + 1 };
        inner.EmitInlined();
        LoadBudget();
        _il.Emit(OpCodes.Ldloc, inner.Word(Register.R0));
        _il.Emit(OpCodes.Stloc, Word(Register.R0));
        _il.Emit(OpCodes.Br, _exit);
        _il.MarkLabel(other);
    }

    private void EmitInlined()
    {
        if (_needs.Program)
            TakeProgram();
        _il.Emit(OpCodes.Ldloc, _frame);
        _il.Emit(OpCodes.Conv_U8);
        Set(Register.R1);
        _caller!.Get(Register.R10);
        Set(Register.R10);
        foreach (Register register in (ReadOnlySpan<Register>)[Register.R0, Register.R2, Register.R3, Register.R4, Register.R5, Register.R6, Register.R7, Register.R8, Register.R9])
        {
            _il.Emit(OpCodes.Ldc_I8, 0L);
            Set(register);
        }
        LoadBudget();
        StartFunction();
        EmitBlocks();
        _il.MarkLabel(_exit);
        SaveBudget();
        if (_needs.Program)
            ReturnProgram();
    }

    private LoadedProgram? InlineTarget(AbstractState state)
    {
        if (state[2].Kind != ValueKind.Map || !state[3].IsConstant || _program.MapArray[state[2].Map] is not ProgramArrayMap array)
            return null;
        if (array.ProgramAt((uint)state[3].Low) is not { } target || target.Context != _program.Context || !_program.MayTailCall(target) || target.MapArray != _program.MapArray)
            return null;
        for (FunctionEmitter? emitter = this; emitter is not null; emitter = emitter._caller)
        {
            if (emitter._program == target)
                return null;
        }
        if (_tailCalls + 1 >= Machine.MaxTailCalls || Root._inlinedSlots + target.Instructions.Length > MostInlinedSlots)
            return null;
        ProgramAnalysis analysis = target.Compiled.Analysis;
        bool isSimple = !analysis.HasFunctions && !FunctionNeeds.Of(analysis.Flow(0), analysis.Provenance(0), analysis.Facts, countsLoops: true).Begin;
        return isSimple ? target : null;
    }

    private void TakeProgram() => _machine.TakeProgram(_self);

    private void ReturnProgram() => _machine.ReturnProgram(_self);
}
