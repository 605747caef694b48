using System.Reflection.Emit;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>Writes one function of a program as the IL of a dynamic method: registers are locals, blocks are labels, checks are inline.</summary>
/// <remarks>
/// What is proved about an access (<see cref="AccessProof"/>) decides which check is written; rare ways are written behind the
/// function's last block, so that the common one runs straight.
/// </remarks>
internal sealed unsafe partial class FunctionEmitter
{
    private readonly LoadedProgram _program;
    private readonly ProgramFacts _facts;
    private readonly Transfer _transfer;
    private readonly ControlFlow _flow;
    private readonly Provenance _provenance;
    private readonly IFunctionTable _functions;
    private readonly ILGenerator _il;
    private readonly Label[] _labels;
    private readonly Label _exit;
    private readonly Mode _mode;
    private readonly List<Action> _rare;
    private readonly FunctionNeeds _needs;
    private readonly WordRegisters _wordRegisters;
    private readonly bool _countsLoops;

    private readonly LocalBuilder _state;
    private readonly LocalBuilder _frame;
    private readonly MapCode _maps;
    private readonly MachineCode _machine;
    private readonly LocalBuilder? _budget;
    private readonly LocalBuilder? _loops;

    /// <summary>Prepares to write a function.</summary>
    /// <param name="functions">The methods of the functions it calls.</param>
    /// <param name="analysis">The program's analysis.</param>
    /// <param name="entry">Slot of the function's first instruction.</param>
    /// <param name="il">Where to write.</param>
    /// <param name="mode">Which form is written.</param>
    public FunctionEmitter(IFunctionTable functions, ProgramAnalysis analysis, int entry, ILGenerator il, Mode mode = Mode.Function)
        : this(functions, analysis, entry, il, mode, null)
    {
    }

    private FunctionEmitter(IFunctionTable functions, ProgramAnalysis analysis, int entry, ILGenerator il, Mode mode, FunctionEmitter? caller)
    {
        _mode = mode;
        _caller = caller;
        _rare = caller?._rare ?? [];
        _program = analysis.Program;
        _facts = analysis.Facts;
        _transfer = new Transfer(_facts);
        _flow = analysis.Flow(entry);
        _provenance = analysis.Provenance(entry);
        _wordRegisters = WordRegisters.Of(_flow, _provenance, _facts);
        _functions = functions;
        _il = il;
        _labels = [.. _flow.Blocks.Select(_ => il.DefineLabel())];
        _exit = il.DefineLabel();
        _countsLoops = FunctionNeeds.CountsLoops(_flow, _facts);
        _needs = FunctionNeeds.Of(_flow, _provenance, _facts, _countsLoops);
        _state = caller?._state ?? il.DeclareLocal(typeof(MachineState*));
        _frame = caller?._frame ?? il.DeclareLocal(typeof(Frame*));
        _maps = new MapCode(il, _program.MapArray, _state);
        _budget = _needs.Budget ? il.DeclareLocal(typeof(long)) : null;
        _machine = new MachineCode(il, _state, _budget);
        _loops = _needs.MayGoto ? il.DeclareLocal(typeof(uint)) : null;
    }

    /// <summary>The forms of a function.</summary>
    public enum Mode
    {
        /// <summary>One call on the machine's stack and packet.</summary>
        Function,

        /// <summary>The program once for each frame of a burst.</summary>
        Burst,
    }

    /// <summary>Writes the burst form, <see cref="JitMethods.BurstParameters"/>: the program once for each frame.</summary>
    public void EmitBurst() => EmitLoop(() =>
    {
        _il.Emit(OpCodes.Ldloc, _frame);
        _il.Emit(OpCodes.Ldloc, Word(Register.R0));
        _il.Emit(OpCodes.Stfld, JitMethods.FrameField(nameof(Frame.Verdict)));
    });

    // The function once for each frame; a run ends at the exit label.
    private void EmitLoop(Action atExit)
    {
        LocalBuilder end = _il.DeclareLocal(typeof(Frame*));
        Label next = _il.DefineLabel();
        Label done = _il.DefineLabel();
        LoadState();
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Stloc, _frame);
        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Ldarg_3);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Ldc_I4, sizeof(Frame));
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, end);
        LoadField(_state, nameof(MachineState.StackTop));
        _il.Emit(OpCodes.Conv_U8);
        Set(Register.R10);

        PrepareLoops();
        _il.MarkLabel(next);
        _il.Emit(OpCodes.Ldloc, _frame);
        _il.Emit(OpCodes.Ldloc, end);
        _il.Emit(OpCodes.Bge_Un, done);
        StartRun();
        for (int register = 0; register < 10; register++)
        {
            if (register == 1 && _facts.Context is not null)
                _il.Emit(OpCodes.Ldloc, _frame);
            else
                _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Conv_U8);
            Set((Register)register);
        }
        StartFunction();
        EmitBlocks();
        _il.MarkLabel(_exit);
        atExit();
        _il.Emit(OpCodes.Ldloc, _frame);
        _il.Emit(OpCodes.Ldc_I4, sizeof(Frame));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _frame);
        _il.Emit(OpCodes.Br, next);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ret);
        EmitRare();
    }

    /// <summary>Writes the form of one call, <see cref="JitMethods.FunctionParameters"/> or <see cref="JitMethods.EntryParameters"/>, on the machine's stack and packet.</summary>
    /// <param name="arguments">How many of R1 to R5 are parameters.</param>
    public void EmitFunction(int arguments)
    {
        LoadState();
        LoadFrame();
        LoadField(_state, nameof(MachineState.StackTop));
        LoadField(_state, nameof(MachineState.CallDepth));
        _il.Emit(OpCodes.Ldc_I4, Machine.MaxStack);
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Conv_U8);
        Set(Register.R10);
        for (int register = 0; register < 10; register++)
        {
            if (register >= 1 && register <= arguments)
                _il.Emit(OpCodes.Ldarg, JitMethods.FirstArgument + register - 1);
            else
                _il.Emit(OpCodes.Ldc_I8, 0L);
            Set((Register)register);
        }
        if (_budget is not null)
        {
            LoadField(_state, nameof(MachineState.Budget));
            _il.Emit(OpCodes.Stloc, _budget);
        }
        StartFunction();
        EmitBlocks();
        _il.MarkLabel(_exit);
        SaveBudget();
        Get(Register.R0);
        _il.Emit(OpCodes.Ret);
        EmitRare();
    }

    // Timers call functions where there is no packet.
    private void LoadFrame()
    {
        Label found = _il.DefineLabel();
        LoadField(_state, nameof(MachineState.Frame));
        _il.Emit(OpCodes.Stloc, _frame);
        _il.Emit(OpCodes.Ldloc, _frame);
        _il.Emit(OpCodes.Brtrue, found);
        LoadField(_state, nameof(MachineState.NoPacket));
        _il.Emit(OpCodes.Stloc, _frame);
        _il.MarkLabel(found);
    }

    private void LoadState() => _machine.LoadState();

    private void StartFunction()
    {
        if (_loops is not null)
        {
            _il.Emit(OpCodes.Ldc_I4, (int)Machine.MaxLoops);
            _il.Emit(OpCodes.Stloc, _loops);
        }
        ReloadPacket();
    }

    private void EmitBlocks()
    {
        _il.Emit(OpCodes.Br, _labels[_flow.At(_flow.Entry).Index]);
        foreach (BasicBlock block in _flow.Blocks)
        {
            _il.MarkLabel(_labels[block.Index]);
            _known = _narrow = _wordRegisters.At(block);
            if (!_countsLoops && CountedLoop.Find(block, _flow, _provenance, _facts) is { } loop)
            {
                EmitCopies(block, loop);
                continue;
            }
            AbstractState state = _provenance.At(block)!.Clone();
            for (int slot = block.Start; slot < block.End; slot += _facts.Instructions[slot].Slots)
            {
                EmitInstruction(block, slot, state);
                _transfer.Step(state, slot);
            }
            if (block.Target is null && block.Next is { } next)
                WidenFor(next);
        }
        _known = _narrow = 0;
    }

    private void EmitInstruction(BasicBlock block, int slot, AbstractState state)
    {
        Instruction instruction = _facts.Instructions[slot];
        if (WordRegisters.IsWide(instruction))
            WidenWords();
        switch (instruction.Opcode.Class)
        {
            case OpcodeClass.Alu or OpcodeClass.Alu64:
                EmitArithmetic(slot, instruction, state);
                break;
            case OpcodeClass.Ld when instruction.Opcode.IsWideLoad:
                if (instruction.WideLoadKind == WideLoadKind.Constant && _constants.TryGetValue(instruction.Immediate, out LocalBuilder? constant))
                    _il.Emit(OpCodes.Ldloc, constant);
                else
                    _il.Emit(OpCodes.Ldc_I8, (long)_program.WideValue(slot));
                Set(instruction.Dst);
                break;
            case OpcodeClass.Ld:
                EmitPacketLoad(slot, instruction);
                break;
            case OpcodeClass.Ldx:
                EmitLoad(slot, instruction, state);
                break;
            case OpcodeClass.Stx when instruction.Opcode.Mode == AccessMode.Atomic:
                EmitAtomic(slot, instruction, state);
                break;
            case OpcodeClass.St or OpcodeClass.Stx:
                EmitStore(slot, instruction, state);
                break;
            default:
                if (instruction.IsCall)
                    EmitCall(slot, instruction, state);
                else
                    EmitJump(block, slot, instruction);
                break;
        }
    }

    // Rare ways may add rare ways.
    private void EmitRare()
    {
        for (int i = 0; i < _rare.Count; i++)
            _rare[i]();
    }

    private Label Rare(Action emit)
    {
        Label label = _il.DefineLabel();
        (uint known, uint narrow) = (_known, _narrow);
        _rare.Add(() =>
        {
            (_known, _narrow) = (known, narrow);
            _il.MarkLabel(label);
            emit();
        });
        return label;
    }

    private void LoadField(LocalBuilder structure, string field) => _machine.LoadField(structure, field);
}
