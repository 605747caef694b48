using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>What each instruction makes of a state.</summary>
/// <param name="program">The program.</param>
/// <param name="maps">The collection's maps by index.</param>
/// <param name="walked">What the walked paths show.</param>
/// <param name="flow">The functions.</param>
/// <param name="summaries">What calls of each function do.</param>
internal sealed partial class FactTransfer(
    ProgramSpec program, IReadOnlyList<MapSpec> maps, FactCollector walked, ControlFlow flow, FunctionSummary[] summaries)
{
    private readonly Instruction[] _code = program.Instructions;

    /// <summary>True when functions are verified alone, so that memory they were given begins elsewhere on the walked paths.</summary>
    public bool HasGlobals { get; init; }

    /// <summary>What the walked paths show.</summary>
    public FactCollector Walked => walked;

    /// <summary>Applies an instruction that goes on to the next slot.</summary>
    public void Apply(FactState state, int slot, FunctionSummary own)
    {
        Instruction instruction = _code[slot];
        Opcode opcode = instruction.Opcode;
        switch (opcode.Class)
        {
            case OpcodeClass.Alu or OpcodeClass.Alu64:
                Arithmetic(state, instruction, slot);
                break;
            case OpcodeClass.Ldx:
                Load(state, instruction, instruction.Src, instruction.Dst, slot);
                break;
            case OpcodeClass.Stx when opcode.Mode == AccessMode.Atomic:
                Atomic(state, instruction, slot, own);
                break;
            case OpcodeClass.Stx or OpcodeClass.St:
                Store(state, instruction, slot, own);
                break;
            case OpcodeClass.Ld when opcode.IsWideLoad:
                WideLoad(state, instruction, slot);
                break;
            case OpcodeClass.Ld:
                ForgetCallerSaved(state);
                state[Register.R0] = RegisterState.UnknownScalar();
                own.JoinResult(RegisterState.UnknownScalar());
                break;
            default:
                if (instruction.IsCall)
                    Call(state, instruction, slot, own);
                break;
        }
    }

    /// <summary>The map's index in the collection; -1 for none and for maps inside others.</summary>
    public int IndexOf(MapSpec? map) => RegisterFacts.IndexOf(maps, map);

    private void WideLoad(FactState state, Instruction instruction, int slot)
    {
        ref RegisterState dst = ref state[instruction.Dst];
        int index = instruction.Imm32;
        switch (instruction.WideLoadKind)
        {
            case WideLoadKind.Constant:
                dst = RegisterState.Constant((ulong)instruction.Immediate);
                break;
            case WideLoadKind.MapIndex:
                dst = RegisterState.Pointer(RegisterKind.Map);
                dst.Map = maps[index];
                break;
            case WideLoadKind.MapValueIndex:
                dst = RegisterState.Pointer(RegisterKind.MapValue);
                dst.Map = maps[index];
                dst.SetKnown((uint)(instruction.Immediate >> 32));
                break;
            case WideLoadKind.Function:
                dst = RegisterState.Pointer(RegisterKind.Function);
                dst.Detail = flow.Find(slot + 1 + index);
                break;
            default:
                dst = default;
                break;
        }
    }

    private static void ForgetCallerSaved(FactState state) => Array.Clear(state.Registers, 0, 6);

    /// <summary>Gives a value that is about to be copied an id, so that what is learnt of one is known of the other.</summary>
    private static void GiveId(FactState state, ref RegisterState value, int slot)
    {
        if (value.Kind == RegisterKind.NotInitialized || value.Id != 0 || value.IsConstant)
            return;
        state.DropId(slot + 1);
        value.Id = slot + 1;
    }
}
