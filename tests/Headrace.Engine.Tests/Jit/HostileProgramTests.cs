using System.Globalization;
using Headrace.Bytecode;

namespace Headrace.Engine.Tests.Jit;

/// <summary>The compiler leaves out only checks that it has proved: programs that do wrong are stopped where the interpreter stops them.</summary>
/// <remarks><c>HEADRACE_SEED</c> runs one program alone, with <c>HEADRACE_COUNT</c> so many.</remarks>
public unsafe class HostileProgramTests(ITestOutputHelper output)
{
    private const int Programs = 1200;

    private static readonly int[] s_lengths = [64, 128, 20, 33, 64];

    [Fact]
    public void Programs_that_do_wrong_are_stopped_at_the_same_instruction()
    {
        string? one = Environment.GetEnvironmentVariable("HEADRACE_SEED"), many = Environment.GetEnvironmentVariable("HEADRACE_COUNT");
        int first = one is { Length: > 0 } ? int.Parse(one, CultureInfo.InvariantCulture) : Random.Shared.Next();
        int count = many is { Length: > 0 } ? int.Parse(many, CultureInfo.InvariantCulture) : one is { Length: > 0 } ? 1 : Programs;
        output.WriteLine($"{count} programs from seed {first} on");
        int faults = 0, leftOut = 0;
        for (int i = 0; i < count; i++)
        {
            int seed = unchecked(first + i);
            string interpreter = Story(seed, EngineKind.Interpreter);
            string jit = Story(seed, EngineKind.Jit);
            if (interpreter.Contains("stopped", StringComparison.Ordinal))
                faults++;
            if (interpreter != jit && DependsOnAddresses(seed, interpreter, jit))
            {
                leftOut++;
                continue;
            }
            Assert.True(interpreter == jit, $"seed {seed}\ninterpreter:\n{interpreter}\njit:\n{jit}\n{Text(seed)}");
        }
        output.WriteLine($"{faults} were stopped; {leftOut} answer by where their memory lies");
        Assert.True(leftOut <= Math.Max(1, count / 100), $"{leftOut} of {count} answer by where their memory lies: too many are left out");
        Assert.True(one is { Length: > 0 } || (faults > count / 10 && faults < count), $"{faults} of {count} were stopped: too few or all, nothing is learnt");
    }

    // A program may compare addresses of different things, or their bits: then an engine answers differently when its memory lies elsewhere, and
    // somewhere the two answer alike.
    private static bool DependsOnAddresses(int seed, string interpreter, string jit)
    {
        for (int i = 0; i < 12; i++)
        {
            string here = Story(seed, EngineKind.Interpreter, i % 2 == 0), there = Story(seed, EngineKind.Jit, i % 3 == 0);
            if (here != interpreter || there != jit || here == there)
                return true;
        }
        return false;
    }

    /// <summary>Verdicts, faults, packets and map contents over packets of several lengths.</summary>
    /// <param name="seed">The program.</param>
    /// <param name="engine">Runs it.</param>
    /// <param name="packetsHigh">Whether the packets lie above the stack and the maps, or below them; null for wherever they come to lie.</param>
    private static string Story(int seed, EngineKind engine, bool? packetsHigh = null)
    {
        int spare = packetsHigh is null ? 0 : 32;
        List<PacketBurst> bursts = [.. Enumerable.Range(0, spare).Select(_ => new PacketBurst(s_lengths.Length))];
        using Collection collection = TestProgram.Load(HostileProgram.Draw(seed));
        using Executor executor = collection.Programs["main"].CreateExecutor(engine, new MachineOptions { Budget = 5000 });
        bursts.AddRange(Enumerable.Range(0, spare + 1).Select(_ => new PacketBurst(s_lengths.Length)));
        foreach (PacketBurst each in bursts)
            each.Add(new byte[64]);
        PacketBurst burst = packetsHigh is true ? bursts.MaxBy(each => (nint)each.Frames->Data)! : bursts.MinBy(each => (nint)each.Frames->Data)!;
        burst.Clear();
        try
        {
            return Story(burst, collection, executor);
        }
        finally
        {
            bursts.ForEach(each => each.Dispose());
        }
    }

    private static string Story(PacketBurst burst, Collection collection, Executor executor)
    {
        var story = new System.Text.StringBuilder();
        foreach (int length in s_lengths)
            burst.Add([.. Enumerable.Range(1, length).Select(value => (byte)value)]);
        for (int i = 0; i < burst.Count; i++)
        {
            try
            {
                executor.Run(burst.Frames + i, 1);
                story.Append(burst.Frames[i].Verdict);
            }
            catch (ProgramFaultException fault)
            {
                story.Append("stopped at ").Append(fault.Program).Append(' ').Append(fault.Instruction);
            }
            story.Append(' ').AppendLine(Convert.ToHexString(burst[i]));
        }
        foreach (Map map in collection.Maps.Values.Where(map => map.Type != MapType.ProgramArray))
        {
            foreach ((byte[] key, byte[] value) in map.Entries().OrderBy(entry => Convert.ToHexString(entry.Key)))
                story.Append(Convert.ToHexString(key)).Append('=').AppendLine(Convert.ToHexString(value));
        }
        return story.ToString();
    }

    private static string Text(int seed)
    {
        return string.Join("\n\n", HostileProgram.Draw(seed).Programs.Select(program => $"{program.Name}:\n{Text(program.Instructions)}"));
    }

    private static string Text(Instruction[] program) =>
        string.Join('\n', Enumerable.Range(0, program.Length).Where(slot => program[slot] != Instruction.WideTail).Select(slot => Disassembler.LogLine(program[slot], slot)));
}
