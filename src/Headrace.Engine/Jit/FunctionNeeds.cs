using System.Numerics;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>What a function's code has to keep at hand.</summary>
/// <param name="Budget">It jumps backward, calls functions, or lets helpers call them.</param>
/// <param name="MayGoto">It has may_goto.</param>
/// <param name="Machine">Something in it looks at the machine's packet: a helper, a call, or a check that can fail.</param>
/// <param name="Begin">A run may leave things behind (memory that a helper gave, a lock): each starts from scratch.</param>
/// <param name="CheckedSizes">Widths of the accesses that are compared with the packet's bounds, as bits: 1 for bytes, 2 for halves, 4 for words, 8 for doubles.</param>
/// <param name="HandsBudget">It has tail calls: who goes on spends of what the machine has left.</param>
/// <param name="Program">The same but for tail calls: it looks at which program runs.</param>
internal sealed record FunctionNeeds(bool Budget, bool MayGoto, bool Machine, bool Begin, int CheckedSizes, bool HandsBudget, bool Program)
{
    /// <summary>Looks through a function.</summary>
    /// <param name="flow">The function.</param>
    /// <param name="provenance">What is proved in it.</param>
    /// <param name="facts">Its program.</param>
    /// <param name="countsLoops">Whether its loops are counted; see <see cref="CountsLoops"/>.</param>
    public static FunctionNeeds Of(ControlFlow flow, Provenance provenance, ProgramFacts facts, bool countsLoops)
    {
        var needs = new FunctionNeeds(false, false, false, false, 0, false, false);
        var transfer = new Transfer(facts);
        foreach (BasicBlock block in flow.Blocks)
        {
            AbstractState state = provenance.At(block)!.Clone();
            for (int slot = block.Start; slot < block.End; slot += facts.Instructions[slot].Slots)
            {
                needs = needs.With(facts, state, slot, countsLoops);
                transfer.Step(state, slot);
            }
        }
        return needs;
    }

    /// <summary>True when a function's jumps backward are counted, so that it cannot run for ever.</summary>
    public static bool CountsLoops(ControlFlow flow, ProgramFacts facts) => flow.Entry != 0 || !facts.LoopsEnd;

    // Local calls count as what may leave something: their callees are not looked into.
    // What a tail call leaves is given back behind it: with it the run ends.
    private static bool LeavesNothing(Instruction call) => call.CallKind == CallKind.Helper && LeavesNothing((HelperId)call.Imm32);

    /// <summary>True for a helper that leaves nothing in the machine for the next run to find.</summary>
    public static bool LeavesNothing(HelperId helper) => helper is
        HelperId.TailCall or HelperId.MapLookupElem or HelperId.MapUpdateElem or HelperId.MapDeleteElem or HelperId.KtimeGetNs or HelperId.GetPrandomU32
        or HelperId.GetSmpProcessorId or HelperId.CsumDiff or HelperId.Redirect or HelperId.RedirectMap or HelperId.PerfEventOutput
        or HelperId.RingbufOutput or HelperId.FibLookup or HelperId.XdpAdjustHead or HelperId.XdpAdjustTail or HelperId.XdpAdjustMeta
        or HelperId.XdpGetBuffLen or HelperId.XdpLoadBytes or HelperId.XdpStoreBytes or HelperId.CheckMtu;

    private FunctionNeeds With(ProgramFacts facts, AbstractState state, int slot, bool countsLoops)
    {
        Instruction instruction = facts.Instructions[slot];
        if (instruction.IsCall)
        {
            bool spends = instruction.CallKind == CallKind.Local
                || (HelperEffectTable.Of((HelperId)instruction.Imm32) & HelperEffects.CallsBack) != 0;
            bool isTailCall = instruction.CallKind == CallKind.Helper && instruction.Imm32 == (int)HelperId.TailCall;
            return this with
            {
                Machine = true,
                Program = Program || !isTailCall,
                Budget = Budget || spends,
                HandsBudget = HandsBudget || isTailCall,
                Begin = Begin || !LeavesNothing(instruction),
            };
        }
        if (ControlFlow.IsGoto(instruction) || ControlFlow.IsBranch(instruction))
        {
            bool isCounted = countsLoops && ControlFlow.JumpTarget(instruction, slot) <= slot;
            return this with
            {
                Budget = Budget || isCounted,
                Program = Program || isCounted,
                MayGoto = MayGoto || (ControlFlow.IsBranch(instruction) && instruction.Opcode.JumpOp == JumpOp.Jcond),
            };
        }
        if (!instruction.Opcode.IsMemory || instruction.Opcode.IsWideLoad)
            return this;
        if (instruction.Opcode.Class == OpcodeClass.Ld)
            return this with { Machine = true, Program = true };
        bool write = instruction.Opcode.Class != OpcodeClass.Ldx;
        bool isLoadAcquire = instruction.Opcode.Class == OpcodeClass.Stx && instruction.Opcode.Mode == AccessMode.Atomic && instruction.Imm32 == (int)AtomicOp.LoadAcquire;
        int pointer = (int)(write && !isLoadAcquire ? instruction.Dst : instruction.Src);
        AccessProof proof = facts.Prove(state, pointer, instruction.Offset, instruction.Opcode.SizeInBytes, write && !isLoadAcquire);
        if (proof == AccessProof.Context)
            return this with { Program = true }; // a frame without socket-buffer fields
        if (proof is AccessProof.Stack or AccessProof.Packet or AccessProof.MapValue)
            return this;
        return this with
        {
            Machine = true,
            Program = true,
            CheckedSizes = proof == AccessProof.MapValueOrNull ? CheckedSizes : CheckedSizes | (1 << BitOperations.Log2((uint)instruction.Opcode.SizeInBytes)),
        };
    }
}
