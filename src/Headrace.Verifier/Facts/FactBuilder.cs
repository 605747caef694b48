using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>Puts together what the walked paths, the joined values and the demanded bits say of each instruction.</summary>
internal sealed class FactBuilder
{
    private readonly Instruction[] _code;
    private readonly FactSolver _solver;
    private readonly FactCollector _walked;
    private readonly DemandedBits _demanded;
    private readonly InstructionFacts[] _facts;
    private readonly RegisterState[] _shared = new RegisterState[11];
    private readonly RegisterFacts[] _sharedFacts = [.. InstructionFacts.NothingKnown];

    private FactBuilder(ProgramSpec program, FactCollector walked, ControlFlow flow, FactSolver solver)
    {
        (_code, _walked, _solver) = (program.Instructions, walked, solver);
        _facts = new InstructionFacts[_code.Length];
        _demanded = new DemandedBits(program, flow, solver.Graph, walked.IsReached);
    }

    /// <summary>Finds everything.</summary>
    /// <param name="program">The accepted program.</param>
    /// <param name="maps">The collection's maps by index.</param>
    /// <param name="walked">What the walked paths show.</param>
    /// <param name="flow">The functions.</param>
    /// <param name="hasGlobals">True when functions were verified alone.</param>
    public static ProgramFacts Build(ProgramSpec program, IReadOnlyList<MapSpec> maps, FactCollector walked, ControlFlow flow, bool hasGlobals)
    {
        var solver = new FactSolver(program, maps, walked, flow, hasGlobals);
        bool isSolved = solver.TrySolve();
        var builder = new FactBuilder(program, walked, flow, solver);
        foreach (FactBlock block in solver.Graph.Ordered)
        {
            if (isSolved && block.State is not null)
                builder.Add(block);
        }
        builder.AddRest(isSolved);
        LoopFacts[] loops = isSolved ? new LoopBounds(program.Instructions, solver.Graph, solver.Transfer).Find() : [];
        return new ProgramFacts(builder._facts, flow.Starts, loops);
    }

    private void Add(FactBlock block)
    {
        FactState state = block.State!.Clone();
        var scratch = new FunctionSummary();
        for (int slot = block.Start; slot <= block.Last; slot += _code[slot].Slots)
        {
            if (!_walked.IsReached(slot))
                return;
            Instruction instruction = _code[slot];
            RegisterFacts[] before = Describe(state);
            bool isBranch = IsBranch(instruction);
            bool? branch = isBranch ? _solver.Transfer.Decide(state, slot) : null;
            CallTarget? call = instruction.IsCall ? _solver.Transfer.TargetOf(state, slot) : null;
            Register? target = TargetOf(instruction);
            int packetBytes = state.PacketBytes;
            AccessFacts? access = null;
            if (MemoryInstruction.IsAccess(instruction))
            {
                FactState met = state.Clone();
                Register pointer = MemoryInstruction.PointerOf(instruction);
                _solver.Transfer.Meet(met, pointer, instruction.Offset, slot);
                access = AccessOf(instruction, met[pointer], slot);
                before = Describe(met);
            }
            if (!isBranch && !instruction.IsExit)
                _solver.Transfer.Apply(state, slot, scratch);
            _facts[slot] = new InstructionFacts(before, _demanded.Before(slot))
            {
                IsReached = true,
                Branch = branch,
                Access = access,
                Call = call,
                Target = target,
                Result = target is { } register ? Describe(state)[(int)register] : RegisterFacts.None,
                ResultLiveBits = target is { } result ? _demanded.After(slot, result) : 0,
                PacketBytes = packetBytes,
            };
        }
    }

    private void AddRest(bool isSolved)
    {
        for (int slot = 0; slot < _code.Length; slot++)
        {
            if (_facts[slot] is not null)
                continue;
            bool isReached = !isSolved && _walked.IsReached(slot);
            _facts[slot] = new InstructionFacts(InstructionFacts.NothingKnown, isReached ? _demanded.Before(slot) : new ulong[11])
            {
                IsReached = isReached,
                Branch = isReached ? _walked.BranchAt(slot) : null,
            };
        }
    }

    // Registers seldom change from one instruction to the next: what is said of them is shared.
    private RegisterFacts[] Describe(FactState state)
    {
        for (int i = 0; i < _shared.Length; i++)
        {
            if (ValueJoin.Same(_shared[i], state.Registers[i]))
                continue;
            _shared[i] = state.Registers[i];
            _sharedFacts[i] = RegisterFacts.Of(state.Registers[i], _solver.Transfer.IndexOf(state.Registers[i].Map));
        }
        return [.. _sharedFacts];
    }

    private AccessFacts AccessOf(Instruction instruction, in RegisterState pointer, int slot)
    {
        WalkedAccess access = _walked.AccessAt(slot);
        long min = access.MinOffset, max = access.MaxOffset;
        MapSpec? map = access.Map;
        int framesUp = access.FramesUp;
        if (pointer.Kind == access.Kind && pointer.Kind != RegisterKind.Memory)
        {
            min = Math.Max(min, pointer.SMin + instruction.Offset);
            max = Math.Min(max, pointer.SMax + instruction.Offset);
            map ??= pointer.Map;
            if (framesUp < 0 && pointer.FrameNumber != FactState.UnknownFrame)
                framesUp = pointer.FrameNumber;
        }
        return new AccessFacts(access.Kind, min, max, instruction.Opcode.SizeInBytes, map, _solver.Transfer.IndexOf(map), framesUp,
            MemoryInstruction.IsWrite(instruction), MemoryInstruction.IsAtomic(instruction));
    }

    private static bool IsBranch(Instruction instruction) =>
        instruction.Opcode.IsJump && instruction.Opcode.JumpOp is not (JumpOp.Ja or JumpOp.Call or JumpOp.Exit);

    private static Register? TargetOf(Instruction instruction)
    {
        Opcode opcode = instruction.Opcode;
        switch (opcode.Class)
        {
            case OpcodeClass.Alu or OpcodeClass.Alu64 or OpcodeClass.Ldx:
                return instruction.Dst;
            case OpcodeClass.Ld:
                return opcode.IsWideLoad ? instruction.Dst : Register.R0;
            case OpcodeClass.Stx when opcode.Mode == AccessMode.Atomic:
                var op = (AtomicOp)instruction.Imm32;
                return op switch
                {
                    AtomicOp.LoadAcquire => instruction.Dst,
                    AtomicOp.StoreRelease => null,
                    AtomicOp.CompareExchange => Register.R0,
                    _ => (instruction.Imm32 & (int)AtomicOp.Fetch) != 0 ? instruction.Src : null,
                };
            default:
                return instruction.IsCall ? Register.R0 : null;
        }
    }
}
