using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>What the analysis needs to know of a program besides the function at hand.</summary>
/// <param name="program">The program.</param>
internal sealed class ProgramFacts(LoadedProgram program)
{
    private readonly AbstractValue[] _mapHandles = [.. program.MapArray.Select((_, index) => AbstractValue.MapHandle(index))];

    /// <summary>The instructions by slot.</summary>
    public ReadOnlySpan<Instruction> Instructions => program.Instructions;

    /// <summary>The maps by index.</summary>
    public Map[] Maps => program.MapArray;

    /// <summary>The context's layout; null for plain eBPF.</summary>
    public ContextLayout? Context => program.IsPlain ? null : program.Context;

    /// <summary>True when any helper the program calls, or a program that a function of it tail-calls, may move the packet: then every function it calls may.</summary>
    public bool MovesPacket { get; } = MayMovePacket(program.Instructions);

    /// <summary>
    /// True when the program's own loops end for certain: the verifier has walked them to their ends, and counts what it walks (a million
    /// instructions at most on any path). Iterators and may_goto are what it does not walk to the end; callbacks and functions are counted by who calls them.
    /// </summary>
    public bool LoopsEnd { get; } = program.Verified is not null && WalkedToTheEnd(program.Instructions);

    /// <summary>The handle of a map.</summary>
    public AbstractValue MapHandle(int index) => (uint)index < (uint)_mapHandles.Length ? _mapHandles[index] : AbstractValue.Any;

    /// <summary>True when a look-up in the map gives the address of a value of <see cref="Map.ValueSize"/> bytes, or null.</summary>
    public bool GivesValues(int map) => GivesValues(Maps[map].Type);

    /// <summary>True when a look-up in a map of a type gives the address of a value, or null.</summary>
    public static bool GivesValues(MapType type) => type is MapType.Array or MapType.PerCpuArray or MapType.Hash or MapType.PerCpuHash
        or MapType.LruHash or MapType.LruPerCpuHash or MapType.LpmTrie;

    /// <summary>True when programs may read or write the values of a map.</summary>
    public bool MayAccess(int map, bool write) =>
        (Maps[map].Flags & (write ? MapFlags.ReadOnlyProgram : MapFlags.WriteOnlyProgram)) == 0;

    /// <summary>Says what is proved about an access.</summary>
    /// <param name="state">What is known before it.</param>
    /// <param name="pointer">The base register.</param>
    /// <param name="displacement">The instruction's offset.</param>
    /// <param name="size">Bytes.</param>
    /// <param name="write">True for stores and atomics.</param>
    public AccessProof Prove(AbstractState state, int pointer, int displacement, int size, bool write)
    {
        AbstractValue value = state[pointer];
        long offset = value.Offset + displacement;
        switch (value.Kind)
        {
            case ValueKind.Context:
                return Context is { } layout && layout.TryResolve(offset, size, write, out _) ? AccessProof.Context : AccessProof.None;
            case ValueKind.Stack:
                return offset >= -Machine.MaxStack && offset + size <= 0 ? AccessProof.Stack : AccessProof.None;
            case ValueKind.Packet:
                return offset >= 0 && offset + size <= state.Reach(value.Id) ? AccessProof.Packet : AccessProof.PacketUnproved;
            case ValueKind.PacketAnywhere:
                return AccessProof.PacketUnproved;
            case ValueKind.MapValue:
                bool inside = offset >= 0 && (ulong)offset + value.High + (ulong)size <= (ulong)Maps[value.Map].ValueSize && MayAccess(value.Map, write);
                return !inside ? AccessProof.None : value.MayBeNull ? AccessProof.MapValueOrNull : AccessProof.MapValue;
            default:
                return AccessProof.None;
        }
    }

    private static bool WalkedToTheEnd(ReadOnlySpan<Instruction> instructions)
    {
        foreach (Instruction instruction in instructions)
        {
            bool isKfunc = instruction is { IsCall: true, CallKind: CallKind.Kfunc };
            if (isKfunc || (ControlFlow.IsBranch(instruction) && instruction.Opcode.JumpOp == JumpOp.Jcond))
                return false;
        }
        return true;
    }

    private static bool MayMovePacket(ReadOnlySpan<Instruction> instructions)
    {
        foreach (Instruction instruction in instructions)
        {
            if (instruction is not { IsCall: true, CallKind: CallKind.Helper })
                continue;
            var helper = (HelperId)instruction.Imm32;
            if (helper == HelperId.TailCall || HelperEffectTable.Of(helper).HasFlag(HelperEffects.MovesPacket))
                return true;
        }
        return false;
    }
}
