using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Soundness;

/// <summary>Compares what a program does with what was proved of it, instruction by instruction.</summary>
internal sealed unsafe class FactChecker : InterpreterObserver
{
    private readonly Dictionary<LoadedProgram, CompiledFacts> _programs = [];
    private readonly Machine _machine;
    private readonly Dictionary<(LoadedProgram, int, int), ulong> _trips = [];
    private LoadedProgram? _program;
    private CompiledFacts _facts = null!;
    private int _previous = -1;

    public FactChecker(Machine machine) => _machine = machine;

    /// <summary>Instructions looked at.</summary>
    public long Instructions { get; private set; }

    /// <summary>Registers compared.</summary>
    public long Checks { get; private set; }

    /// <summary>Says what is proved of a program that may run.</summary>
    public void Add(LoadedProgram program, CompiledFacts facts) => _programs[program] = facts;

    /// <inheritdoc/>
    public override void Before(LoadedProgram program, int slot, ReadOnlySpan<ulong> registers)
    {
        if (program != _program)
        {
            _facts = _programs[program];
            _program = program;
            _previous = -1;
        }
        Instructions++;
        InstructionFacts facts = _facts.Facts[slot];
        if (!facts.IsReached)
            throw new FactViolation(program, slot, "runs, which was proved not to happen");
        if (_previous >= 0)
            CheckStep(slot, registers);
        foreach (ref readonly RegisterCheck check in _facts.Registers(slot))
        {
            Checks++;
            if (!Holds(check, registers[check.Register]))
                throw Violation(slot, registers[check.Register], $"r{check.Register}", check.Facts);
        }
        if (_facts.Loops[slot] is { } loops)
            CountTrips(loops);
        if (facts.PacketBytes > 0 && _machine.State->Frame->Length < facts.PacketBytes)
            throw new FactViolation(program, slot, $"{facts.PacketBytes} bytes of the packet are proved, it has {_machine.State->Frame->Length}");
        if (facts.Access is { } access)
            CheckAccess(slot, access, registers);
        if (facts.Call is { MapIndex: >= 0 and var map } && registers[1] != program.Maps[map].Handle && registers[2] != program.Maps[map].Handle
            && !program.Maps[map].Contains(registers[1], 1))
        {
            throw new FactViolation(program, slot, $"is not given map {map}");
        }
        _previous = slot;
    }

    /// <inheritdoc/>
    public override void Ended(ReadOnlySpan<ulong> registers) => _previous = -1;

    private void CheckStep(int slot, ReadOnlySpan<ulong> registers)
    {
        int expected = _facts.Branches[_previous];
        if (expected >= 0 && slot != expected)
            throw new FactViolation(_program!, _previous, $"goes to {slot}, always {expected} was proved");
        if (_facts.Results[_previous] is not { } result || slot <= _previous)
            return;
        int target = (int)_facts.Facts[_previous].Target!;
        if (!Holds(new RegisterCheck(target, result), registers[target]))
            throw Violation(_previous, registers[target], $"result r{target}", result);
    }

    private void CountTrips(LoopFacts[] loops)
    {
        if (!Array.Exists(loops, loop => loop.From == _previous))
        {
            foreach (LoopFacts loop in loops)
                _trips[(_program!, loop.From, loop.To)] = 0;
            return;
        }
        LoopFacts taken = Array.Find(loops, loop => loop.From == _previous);
        ref ulong trips = ref CollectionsMarshal.GetValueRefOrAddDefault(_trips, (_program!, taken.From, taken.To), out _);
        if (++trips > (taken.MaxTrips ?? ulong.MaxValue))
            throw new FactViolation(_program!, taken.From, $"is taken {trips} times in a row, proved are {taken.MaxTrips}");
    }

    private FactViolation Violation(int slot, ulong value, string name, RegisterFacts facts)
    {
        MachineState* state = _machine.State;
        string place = state->Frame == null ? "" : $" (packet {(ulong)state->Frame->Data:x} to {(ulong)state->Frame->End:x}, stack top {(ulong)state->StackTop:x}, depth {state->CallDepth})";
        return new FactViolation(_program!, slot, $"{name} is 0x{value:x}, proved is {facts} {facts.Number}{place}");
    }

    private bool Holds(in RegisterCheck check, ulong value)
    {
        RegisterFacts facts = check.Facts;
        if (facts.Kind == RegisterKind.Scalar)
            return check.Number.Holds(value);
        return value == 0 && facts.MayBeNull ? facts.MayBeNull : HoldsPointer(check, value);
    }

    private bool HoldsPointer(in RegisterCheck check, ulong value)
    {
        RegisterFacts facts = check.Facts;
        MachineState* state = _machine.State;
        switch (facts.Kind)
        {
            case RegisterKind.Context:
                return check.Number.Holds(value - (ulong)state->Frame);
            case RegisterKind.Packet:
                return check.Number.Holds(value - (ulong)state->Frame->Data);
            case RegisterKind.PacketEnd:
                return value == (ulong)state->Frame->End;
            case RegisterKind.PacketMeta:
                return check.Number.Holds(value - (ulong)state->Frame->Meta);
            case RegisterKind.Stack when facts.FramesUp >= 0:
                return check.Number.Holds(value - StackTop(facts.FramesUp));
            case RegisterKind.Map:
                return facts.MapIndex >= 0 ? value == _program!.Maps[facts.MapIndex].Handle : MapHandles.Find(value) is not null;
            case RegisterKind.MapValue when facts.MapIndex >= 0 && facts.Offset is { } offset:
                return _program!.Maps[facts.MapIndex].Contains(value - (ulong)offset, (ulong)_program.Maps[facts.MapIndex].ValueSize);
            case RegisterKind.Function when facts.Subprogram >= 0:
                return FunctionPointers.TryFind(value, out LoadedProgram program, out int slot)
                    && program == _program && slot == _facts.Program.FunctionStarts[facts.Subprogram];
            case RegisterKind.Memory when facts.Size > 0 && facts.Offset is { } start:
                return _machine.MayAccess(value - (ulong)start, (ulong)facts.Size, write: false);
            default:
                return value != 0;
        }
    }

    private ulong StackTop(int framesUp) => (ulong)_machine.State->StackTop - (ulong)(Machine.MaxStack * (_machine.State->CallDepth - framesUp));

    private void CheckAccess(int slot, in AccessFacts access, ReadOnlySpan<ulong> registers)
    {
        Instruction instruction = _program!.Instructions[slot];
        bool loads = !access.IsWrite;
        ulong address = registers[(int)(loads ? instruction.Src : instruction.Dst)] + (ulong)instruction.Offset;
        MachineState* state = _machine.State;
        ulong size = (ulong)access.Size;
        bool isFine = access.Kind switch
        {
            RegisterKind.Packet => Lies(address - (ulong)state->Frame->Data, access) && address + size <= (ulong)state->Frame->End,
            RegisterKind.PacketMeta => Lies(address - (ulong)state->Frame->Meta, access) && address + size <= (ulong)state->Frame->Data,
            RegisterKind.Context => Lies(address - (ulong)state->Frame, access),
            RegisterKind.Stack when access.FramesUp >= 0 => Lies(address - StackTop(access.FramesUp), access) && access.MaxOffset + access.Size <= 0,
            RegisterKind.MapValue when access.MapIndex >= 0 => Owns(_program.Maps[access.MapIndex], address, access),
            _ => true,
        };
        if (!isFine)
            throw new FactViolation(_program, slot, $"touches 0x{address:x}, proved is {access}");
    }

    private static bool Lies(ulong offset, in AccessFacts access) => (long)offset >= access.MinOffset && (long)offset <= access.MaxOffset;

    private static bool Owns(Map map, ulong address, in AccessFacts access)
    {
        if (!map.Contains(address, (ulong)access.Size) || access.MinOffset < 0 || access.MaxOffset + access.Size > map.ValueSize)
            return false;
        // The value begins at one of the offsets before the access.
        for (long offset = access.MinOffset; offset <= access.MaxOffset; offset++)
        {
            if (map.Contains(address - (ulong)offset, (ulong)map.ValueSize))
                return true;
        }
        return false;
    }
}
