using System.Globalization;
using System.Text;
using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Testing;
using Headrace.Verifier;

namespace Headrace.Engine.Tests.Jit;

/// <summary>
/// The committed programs with some of their instructions changed by chance: those that the verifier still accepts must run without a fault on the
/// interpreter, which checks every access, and the compiler, which takes the verifier's word, must come to the same.
/// </summary>
/// <remarks><c>HEADRACE_SEED</c> runs one mutant alone, <c>HEADRACE_COUNT</c> so many.</remarks>
public unsafe class MutatedProgramTests(ITestOutputHelper output)
{
    private const int Mutants = 600;

    private static readonly AluOp[] s_operations = [AluOp.Add, AluOp.Sub, AluOp.Mul, AluOp.Div, AluOp.Or, AluOp.And, AluOp.Lsh, AluOp.Rsh, AluOp.Mod, AluOp.Xor, AluOp.Mov, AluOp.Arsh];
    private static readonly JumpOp[] s_conditions =
        [JumpOp.Jeq, JumpOp.Jgt, JumpOp.Jge, JumpOp.Jset, JumpOp.Jne, JumpOp.Jsgt, JumpOp.Jsge, JumpOp.Jlt, JumpOp.Jle, JumpOp.Jslt, JumpOp.Jsle];

    private static readonly AccessSize[] s_sizes = [AccessSize.Byte, AccessSize.Half, AccessSize.Word, AccessSize.Double];

    [Fact]
    public void Mutants_that_are_verified_do_the_same_on_interpreter_and_jit()
    {
        string? one = Environment.GetEnvironmentVariable("HEADRACE_SEED"), many = Environment.GetEnvironmentVariable("HEADRACE_COUNT");
        int first = one is { Length: > 0 } ? int.Parse(one, CultureInfo.InvariantCulture) : Random.Shared.Next();
        int count = one is { Length: > 0 } ? 1 : many is { Length: > 0 } ? int.Parse(many, CultureInfo.InvariantCulture) : Mutants;
        output.WriteLine($"{count} mutants from seed {first} on");
        int accepted = 0, leftOut = 0;
        for (int i = 0; i < count; i++)
        {
            int seed = unchecked(first + i);
            var random = new Random(seed);
            Scenario scenario = Scenarios.All[random.Next(Scenarios.All.Count)];
            CollectionSpec spec = Mutant(scenario, random, out string changes);
            if (!IsVerified(spec, scenario.Program))
                continue;
            accepted++;
            string interpreter = Story(spec, scenario, EngineKind.Interpreter);
            string jit = Story(spec, scenario, EngineKind.Jit);
            if (interpreter == jit)
                continue;
            Assert.True(IsUndefined(spec, scenario, interpreter), $"seed {seed}, {scenario}\n{changes}interpreter:\n{interpreter}\njit:\n{jit}");
            leftOut++;
        }
        output.WriteLine($"{accepted} were accepted; {leftOut} answer by what their stack held before, or by addresses");
        Assert.True(one is { Length: > 0 } || accepted > count / 20, $"{accepted} of {count} were accepted: nothing is learnt");
        Assert.True(leftOut <= Math.Max(accepted / 10, 1), $"{leftOut} of {accepted} answer by what their stack held before, or by addresses: too many are left out");
    }

    // What a verified program finds on a stack it never wrote to is not said, nor where its memory lies: such a program answers the interpreter otherwise, too.
    private static bool IsUndefined(CollectionSpec spec, Scenario scenario, string story)
    {
        if (Story(spec, scenario, EngineKind.Interpreter, new StackFiller(0)) != story || Story(spec, scenario, EngineKind.Interpreter, new StackFiller(0xa5)) != story)
            return true;
        var blocks = new List<nint>();
        bool differs = false;
        for (int i = 1; i <= 16 && !differs; i++)
        {
            blocks.Add((nint)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)i * 7_000));
            differs = Story(spec, scenario, EngineKind.Interpreter) != story;
        }
        foreach (nint block in blocks)
            System.Runtime.InteropServices.NativeMemory.Free((void*)block);
        return differs;
    }

    private static CollectionSpec Mutant(Scenario scenario, Random random, out string changes)
    {
        CollectionSpec spec = scenario.Set();
        foreach (MapSpec map in spec.Maps)
        {
            // Large tables would take longer than all else.
            if (map.MaxEntries > 1024 && map.Type is MapType.Hash or MapType.LruHash or MapType.PerCpuHash or MapType.LruPerCpuHash or MapType.LpmTrie)
                map.MaxEntries = 1024;
        }
        ProgramSpec program = spec.Programs[scenario.Program];
        Instruction[] code = [.. program.Instructions];
        var text = new StringBuilder();
        for (int change = random.Next(1, 4); change > 0; change--)
        {
            int slot = random.Next(code.Length);
            if (code[slot] == Instruction.WideTail || code[slot].Opcode.IsWideLoad)
                continue;
            Instruction changed = Change(code[slot], code.Length, slot, random);
            text.AppendLine(CultureInfo.InvariantCulture, $"  {Disassembler.LogLine(code[slot], slot)}  became  {Disassembler.LogLine(changed, slot)}");
            code[slot] = changed;
        }
        program.Instructions = code;
        changes = text.ToString();
        return spec;
    }

    private static Instruction Change(Instruction instruction, int length, int slot, Random random)
    {
        Opcode opcode = instruction.Opcode;
        bool isJump = opcode.IsJump && !instruction.IsCall && !instruction.IsExit;
        switch (random.Next(8))
        {
            case 0 when opcode.IsMemory || isJump:
                return instruction with { Offset = (short)(instruction.Offset + random.Next(-8, 9)) };
            case 1 when isJump:
                return instruction with { Offset = (short)(random.Next(length) - slot - 1) };
            case 2 when opcode.IsAlu && opcode.AluOp is not AluOp.End:
                return instruction with { Opcode = Opcode.Alu(s_operations[random.Next(s_operations.Length)], !opcode.Is32, opcode.UsesRegister) };
            case 3 when isJump && opcode.JumpOp is not (JumpOp.Ja or JumpOp.Jcond):
                return instruction with { Opcode = Opcode.Jump(s_conditions[random.Next(s_conditions.Length)], !opcode.Is32, opcode.UsesRegister) };
            case 4 when opcode.IsMemory && opcode.Mode == AccessMode.Mem:
                return instruction with { Opcode = Opcode.Memory(opcode.Class, AccessMode.Mem, s_sizes[random.Next(s_sizes.Length)]) };
            case 5 when opcode.IsAlu && opcode.AluOp is not AluOp.End:
                return instruction with { Opcode = Opcode.Alu(opcode.AluOp, opcode.Is32, opcode.UsesRegister) };
            case 6:
                return random.Next(2) == 0 ? instruction with { Dst = (Register)random.Next(10) } : instruction with { Src = (Register)random.Next(11) };
            default:
                return opcode.IsAlu && !opcode.UsesRegister || isJump && !opcode.UsesRegister
                    ? instruction with { Immediate = random.Next(3) switch { 0 => instruction.Immediate ^ (1L << random.Next(8)), 1 => random.Next(-4, 65), _ => instruction.Immediate + random.Next(-2, 3) } }
                    : new Instruction(Opcode.Alu(AluOp.Mov, true, false), (Register)random.Next(10), 0, 0, random.Next(64));
        }
    }

    private static bool IsVerified(CollectionSpec spec, string program)
    {
        try
        {
            using Collection collection = Load(spec, program);
            return true;
        }
        catch (Exception exception) when (exception is VerificationException or ProgramLoadException or BytecodeException or UnsupportedFeatureException)
        {
            return false;
        }
    }

    private static Collection Load(CollectionSpec spec, string program) => Collection.Load(spec, new EngineOptions { Cpus = 1, Programs = [program] });

    /// <summary>Verdicts, all that the burst's buffers hold, and map contents, over the scenario's packets and shorter ones.</summary>
    private static string Story(CollectionSpec spec, Scenario scenario, EngineKind engine, StackFiller? filling = null)
    {
        using Collection collection = Load(spec, scenario.Program);
        using Executor executor = collection.Programs[scenario.Program].CreateExecutor(engine, new MachineOptions { RandomSeed = 1, Clock = new FixedClock(1_000_000_000) });
        if (filling is not null)
            ((Interpreter)executor).Observer = filling;
        var story = new StringBuilder();
        foreach (byte[] packet in scenario.Steps.Select(step => step.Packet).SelectMany(packet => (byte[][])[packet, packet[..(packet.Length * 2 / 3)], [.. packet, .. new byte[100]]]))
        {
            using var burst = new PacketBurst(3, collection.Programs[scenario.Program].Type != ProgramType.Xdp);
            for (int i = 0; i < 3; i++)
                burst.Add(packet);
            filling?.Reset();
            try
            {
                executor.Run(burst.Frames + 1, 1);
                story.Append(burst.Frames[1].Verdict);
            }
            catch (ProgramFaultException fault)
            {
                story.Append("stopped at ").Append(fault.Program).Append(' ').Append(fault.Instruction).Append(": ").Append(fault.Reason);
            }
            story.Append(' ').AppendLine(Convert.ToHexString(burst[1]));
            // Who writes beside a packet writes into its neighbours.
            Assert.True(burst[0].SequenceEqual(packet) && burst[2].SequenceEqual(packet), $"{engine} has changed another packet");
        }
        foreach (Map map in collection.Maps.Values.Where(map => map.Type is MapType.Array or MapType.PerCpuArray or MapType.Hash or MapType.PerCpuHash or MapType.LruHash))
        {
            foreach ((byte[] key, byte[] value) in map.Entries().Take(200).OrderBy(entry => Convert.ToHexString(entry.Key)))
            {
                if (value.AsSpan().ContainsAnyExcept((byte)0))
                    story.Append(map.Name).Append(' ').Append(Convert.ToHexString(key)).Append('=').AppendLine(Convert.ToHexString(value));
            }
        }
        return story.ToString();
    }
}
