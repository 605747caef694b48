using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests.Jit;

/// <summary>Draws programs of hostile functions: <c>main</c>, what it calls and what is called back, and two programs that it tail-calls.</summary>
internal static class HostileProgram
{
    private const int ValueSize = 24;

    // main, two functions that may call those behind them, and one that bpf_loop calls.
    private const int Functions = 4;

    /// <summary>The specification of a program named <c>main</c> with its maps.</summary>
    public static CollectionSpec Draw(int seed)
    {
        var random = new Random(seed);
        MapSpec programs = TestProgram.Map("programs", MapType.ProgramArray, 4, 4, 4);
        MapSpec hash = TestProgram.Map("hash", MapType.Hash, 4, ValueSize, 4);
        for (int i = 0; i < 3; i++)
            hash.Entries.Add(new MapEntrySpec([(byte)i, 0, 0, 0], new byte[ValueSize]));
        CollectionSpec spec = TestProgram.Spec("r0 = 0\nexit", maps: [TestProgram.Array("array", ValueSize, 4), hash, programs]);
        TestProgram.Add(spec, "first", "r0 = 0\nexit");
        TestProgram.Add(spec, "second", "r0 = 0\nexit");
        programs.Entries.Add(new MapEntrySpec([0, 0, 0, 0], null, "first"));
        programs.Entries.Add(new MapEntrySpec([1, 0, 0, 0], null, "second"));
        spec.Programs["main"].Instructions = Write(random);
        spec.Programs["first"].Instructions = [.. new HostileFunction(random, 0..0, passesContext: false).Write(isProgram: true, isCallback: false)];
        spec.Programs["second"].Instructions = Write(random);
        return spec;
    }

    private static Instruction[] Write(Random random)
    {
        var program = new List<Instruction>();
        var calls = new List<int>();
        var starts = new int[Functions];
        bool passesContext = random.Next(2) == 0;
        for (int i = 0; i < Functions; i++)
        {
            starts[i] = program.Count;
            bool isCallback = i == Functions - 1;
            var function = new HostileFunction(random, isCallback ? 0..0 : (i + 1)..Functions, passesContext);
            List<Instruction> code = function.Write(isProgram: i == 0, isCallback);
            calls.AddRange(function.Calls.Select(slot => starts[i] + slot));
            program.AddRange(code);
        }
        foreach (int slot in calls)
            program[slot] = program[slot] with { Immediate = starts[(int)program[slot].Immediate] - slot - 1 };
        return [.. program];
    }
}
