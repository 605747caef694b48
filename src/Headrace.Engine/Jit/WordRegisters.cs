using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>Which registers are in variables of 32 bits alone where a block starts: those that every way to it leaves so.</summary>
/// <remarks>What an instruction does is decided here for the emitter as well, so that both agree.</remarks>
internal sealed class WordRegisters
{
    private readonly uint[] _entries;

    private WordRegisters(int blocks) => _entries = new uint[blocks];

    private enum Effect : byte
    {
        None,
        WritesWord,
        WritesWide,
        DependsOnOperands,
        Widens,
        WidensAndWrites,
    }

    /// <summary>The registers, as bits, at a block's start.</summary>
    public uint At(BasicBlock block) => _entries[block.Index];

    /// <summary>Works out a function.</summary>
    public static WordRegisters Of(ControlFlow flow, Provenance provenance, ProgramFacts facts)
    {
        var words = new WordRegisters(flow.Blocks.Count);
        var effects = new Effect[facts.Instructions.Length];
        var transfer = new Transfer(facts);
        foreach (BasicBlock block in flow.Blocks)
        {
            AbstractState state = provenance.At(block)!.Clone();
            for (int slot = block.Start; slot < block.End; slot += facts.Instructions[slot].Slots)
            {
                effects[slot] = Of(facts, facts.Instructions[slot], state);
                transfer.Step(state, slot);
            }
        }
        Array.Fill(words._entries, (1u << AbstractState.RegisterCount) - 1);
        words._entries[flow.At(flow.Entry).Index] = 0;
        var pending = new SortedSet<int>(flow.Blocks.Select(block => block.Index));
        while (pending.Count > 0)
        {
            BasicBlock block = flow.Blocks[pending.Min];
            pending.Remove(block.Index);
            uint narrow = words._entries[block.Index];
            for (int slot = block.Start; slot < block.End; slot += facts.Instructions[slot].Slots)
                narrow = After(narrow, facts.Instructions[slot], effects[slot]);
            foreach (BasicBlock? next in (ReadOnlySpan<BasicBlock?>)[block.Next, block.Target])
            {
                if (next is null || (words._entries[next.Index] & ~narrow) == 0)
                    continue;
                words._entries[next.Index] &= narrow;
                pending.Add(next.Index);
            }
        }
        return words;
    }

    /// <summary>True for arithmetic whose result is computed and kept as 32 bits: of 32 bits, or of 64 that come to the same.</summary>
    /// <param name="instruction">Arithmetic other than division.</param>
    /// <param name="narrow">The registers in 32 bits alone, as bits.</param>
    public static bool IsWord(Instruction instruction, uint narrow)
    {
        bool register = instruction.Opcode.UsesRegister;
        if (instruction.Opcode.AluOp == AluOp.End)
            return instruction.Imm32 != 64;
        if (instruction.Opcode.Is32)
            return true;
        bool dst = Has(narrow, instruction.Dst);
        bool operand = register ? Has(narrow, instruction.Src) : instruction.Immediate >= 0;
        return instruction.Opcode.AluOp switch
        {
            AluOp.Mov => instruction.Offset == 0 && operand,
            AluOp.And => operand || (dst && register),
            AluOp.Or or AluOp.Xor => dst && operand,
            AluOp.Rsh => dst && !register && instruction.Imm32 is >= 0 and < 32,
            _ => false,
        };
    }

    /// <summary>True for a load that leaves 32 bits: what is loaded is that wide whatever is found.</summary>
    public static bool IsWordLoad(Instruction instruction, AccessProof proof) =>
        instruction.Opcode.SizeInBytes < 8 && instruction.Opcode.Mode != AccessMode.MemSx && proof is not (AccessProof.None or AccessProof.Context);

    /// <summary>True for instructions that want every register in 64 bits: calls and whatever else is not arithmetic, a load, a store or a jump.</summary>
    public static bool IsWide(Instruction instruction) => instruction.Opcode.Class switch
    {
        OpcodeClass.Alu or OpcodeClass.Alu64 or OpcodeClass.Ldx or OpcodeClass.St => false,
        OpcodeClass.Ld => !instruction.Opcode.IsWideLoad,
        OpcodeClass.Stx => instruction.Opcode.Mode == AccessMode.Atomic,
        _ => instruction.IsCall,
    };

    private static Effect Of(ProgramFacts facts, Instruction instruction, AbstractState state)
    {
        if (IsWide(instruction))
            return Effect.Widens;
        switch (instruction.Opcode.Class)
        {
            case OpcodeClass.Alu or OpcodeClass.Alu64 when instruction.Opcode.AluOp is AluOp.Div or AluOp.Mod:
                var division = Division.Of(instruction, state);
                return !division.IsPlain ? Effect.WidensAndWrites : division.IsWide ? Effect.WritesWide : Effect.WritesWord;
            case OpcodeClass.Alu or OpcodeClass.Alu64:
                return Effect.DependsOnOperands;
            case OpcodeClass.Ld:
                return Effect.WritesWide;
            case OpcodeClass.Ldx:
                AccessProof proof = facts.Prove(state, (int)instruction.Src, instruction.Offset, instruction.Opcode.SizeInBytes, write: false);
                return IsWordLoad(instruction, proof) ? Effect.WritesWord : Effect.WritesWide;
            default:
                return Effect.None;
        }
    }

    private static uint After(uint narrow, Instruction instruction, Effect effect)
    {
        uint bit = 1u << (int)instruction.Dst;
        return effect switch
        {
            Effect.None => narrow,
            Effect.Widens or Effect.WidensAndWrites => 0,
            Effect.WritesWord => narrow | bit,
            Effect.DependsOnOperands when IsWord(instruction, narrow) => narrow | bit,
            _ => narrow & ~bit,
        };
    }

    private static bool Has(uint registers, Register register) => (registers & (1u << (int)register)) != 0;
}
