using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux.Tests.Differential;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Soundness;

/// <summary>Writes rubbish into every register bit that nothing is said to depend on: the program must do the same.</summary>
internal sealed class DeadBitScrambler(SeededRandom random) : InterpreterObserver
{
    private readonly Dictionary<LoadedProgram, CompiledFacts> _programs = [];

    /// <summary>Says what is proved of a program that may run.</summary>
    public void Add(LoadedProgram program, CompiledFacts facts) => _programs[program] = facts;

    /// <summary>When set, the only place that gets rubbish: to find which fact is wrong.</summary>
    public (int Slot, Register Register)? Only { get; set; }

    /// <inheritdoc/>
    public override void Before(LoadedProgram program, int slot, ReadOnlySpan<ulong> registers)
    {
        InstructionFacts facts = _programs[program].Facts[slot];
        ulong rubbish = random.Next64();
        // The span is the interpreter's own registers.
        ref ulong first = ref MemoryMarshal.GetReference(registers);
        for (int i = 0; i < 10; i++)
        {
            if (Only is { } only && (only.Slot != slot || only.Register != (Register)i))
                continue;
            Unsafe.Add(ref first, i) ^= rubbish & ~facts.LiveBits((Register)i);
        }
    }
}
