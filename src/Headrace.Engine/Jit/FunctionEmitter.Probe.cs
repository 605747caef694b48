using System.Reflection.Emit;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

internal sealed unsafe partial class FunctionEmitter
{
    // Instructions a probe may spend in loops: what prepares a key is short.
    private const long ProbeBudget = 1024;

    private const int StagedArgument = 4;
    private const int PassesArgument = 5;
    private const int SitesArgument = 6;

    // A bit a look-up; programs with more have them staged as far as the bits go.
    private const int MostSites = 64;

    private readonly List<ProbeSite> _sites = [];

    private LocalBuilder? _staged;
    private LocalBuilder? _passes;

    /// <summary>Writes the probe form, <see cref="JitMethods.ProbeParameters"/>: for each frame as far as the look-up whose entry is to be fetched.</summary>
    /// <remarks>
    /// A probe writes to nothing but the machine's stack, which programs find undefined: other stores are left out, and so are helpers that change
    /// things or tell the time, which seem to answer 0. At what would move the packet or fault it gives up. What it finds out is a hint: packets in
    /// front may still change what it read. The checks are those of the program, since what is proved behind them holds in a probe as well.
    /// </remarks>
    /// <returns>The look-ups that it can stage.</returns>
    public ProbeSite[] EmitProbe()
    {
        _staged = _il.DeclareLocal(typeof(StagedLookup*));
        _passes = _il.DeclareLocal(typeof(int));
        _il.Emit(OpCodes.Ldarg, StagedArgument);
        _il.Emit(OpCodes.Stloc, _staged);
        EmitLoop(static () => { });
        return [.. _sites];
    }

    private void StartProbe()
    {
        _il.Emit(OpCodes.Ldarg, PassesArgument);
        _il.Emit(OpCodes.Stloc, _passes!);
        if (_budget is null)
            return;
        _il.Emit(OpCodes.Ldc_I8, ProbeBudget);
        _il.Emit(OpCodes.Stloc, _budget);
    }

    private void EndLoop()
    {
        if (_staged is null)
            return;
        _il.Emit(OpCodes.Ldloc, _staged);
        _il.Emit(OpCodes.Ldarg, StagedArgument);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Ldc_I4, sizeof(StagedLookup));
        _il.Emit(OpCodes.Div);
        _il.Emit(OpCodes.Conv_I4);
    }

    private void EmitNoStore(Access access, AccessProof proof)
    {
        if (proof == AccessProof.None)
            _il.Emit(OpCodes.Br, _exit);
        else
            Check(access, proof);
    }

    // What gives a value back gives up: it may be a pointer.
    private void EmitNoAtomic(int slot, Instruction instruction, AbstractState state)
    {
        bool answers = (AtomicOp)instruction.Imm32 is not (AtomicOp.Add or AtomicOp.Or or AtomicOp.And or AtomicOp.Xor);
        var access = new Access(slot, instruction.Dst, instruction.Offset, instruction.Opcode.SizeInBytes, true);
        EmitNoStore(access, answers ? AccessProof.None : _facts.Prove(state, (int)instruction.Dst, instruction.Offset, access.Size, write: true));
    }

    private void EmitProbeCall(int slot, Instruction instruction, AbstractState state)
    {
        var helper = (HelperId)instruction.Imm32;
        if (instruction.CallKind != CallKind.Helper || _program.IsPlain)
        {
            _il.Emit(OpCodes.Br, _exit);
            return;
        }
        switch (helper)
        {
            case HelperId.MapLookupElem when state[1].Kind == ValueKind.Map && _facts.GivesValues(state[1].Map) && ArgumentProof.Holds(_facts, state, helper):
                EmitProbeLookup(slot, state[1].Map);
                break;
            case HelperId.GetSmpProcessorId:
                LoadField(_state, nameof(MachineState.Cpu));
                _il.Emit(OpCodes.Conv_U8);
                Set(Register.R0);
                break;
            case HelperId.KtimeGetNs or HelperId.KtimeGetBootNs or HelperId.KtimeGetCoarseNs or HelperId.KtimeGetTaiNs or HelperId.Jiffies64 or HelperId.GetPrandomU32
                or HelperId.CsumDiff or HelperId.MapUpdateElem or HelperId.MapDeleteElem or HelperId.Redirect or HelperId.RedirectMap
                or HelperId.RingbufOutput or HelperId.PerfEventOutput:
                _il.Emit(OpCodes.Ldc_I8, 0L);
                Set(Register.R0);
                break;
            default:
                _il.Emit(OpCodes.Br, _exit);
                break;
        }
    }

    // The look-up whose turn it is ends the probe, staged, if it is one of those that are to be; others are done.
    private void EmitProbeLookup(int slot, int index)
    {
        Map map = _program.MapArray[index];
        Label find = _il.DefineLabel();
        if (map.CanStage && _sites.Count < MostSites)
        {
            Label notYet = _il.DefineLabel();
            _il.Emit(OpCodes.Ldarg, SitesArgument);
            _il.Emit(OpCodes.Ldc_I8, 1L << _sites.Count);
            _il.Emit(OpCodes.And);
            _il.Emit(OpCodes.Brfalse, find);
            _il.Emit(OpCodes.Ldloc, _passes!);
            _il.Emit(OpCodes.Brtrue, notYet);
            _maps.Load(index);
            Get(Register.R2);
            _il.Emit(OpCodes.Conv_U);
            _il.Emit(OpCodes.Ldloc, _staged!);
            LoadField(_state, nameof(MachineState.Cpu));
            _il.Emit(OpCodes.Call, MapCode.Method(map, nameof(Map.Stage), typeof(byte*), typeof(StagedLookup*), typeof(int)));
            _il.Emit(OpCodes.Brfalse, find);
            _il.Emit(OpCodes.Ldloc, _staged!);
            _il.Emit(OpCodes.Ldc_I4, _sites.Count);
            _il.Emit(OpCodes.Stfld, typeof(StagedLookup).GetField(nameof(StagedLookup.Site))!);
            _il.Emit(OpCodes.Ldloc, _staged!);
            _il.Emit(OpCodes.Ldc_I4, sizeof(StagedLookup));
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Stloc, _staged!);
            _il.Emit(OpCodes.Br, _exit);
            _il.MarkLabel(notYet);
            _il.Emit(OpCodes.Ldloc, _passes!);
            _il.Emit(OpCodes.Ldc_I4_1);
            _il.Emit(OpCodes.Sub);
            _il.Emit(OpCodes.Stloc, _passes!);
            _sites.Add(new ProbeSite(map, slot));
        }
        _il.MarkLabel(find);
        _maps.CallLookup(index, nameof(Map.Find), () => Get(Register.R2));
        Set(Register.R0);
    }
}
