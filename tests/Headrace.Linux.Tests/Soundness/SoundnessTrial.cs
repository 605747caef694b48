using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux.Tests.Differential;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Soundness;

/// <summary>Runs random programs over random packets and map contents while every fact proved of them is checked.</summary>
/// <remarks>Maps and packet buffers serve one program after the other. Not shared between threads.</remarks>
internal sealed unsafe class SoundnessTrial : IDisposable
{
    private const int Burst = 32;

    private readonly Dictionary<string, Map> _maps = RandomMaps.Specs().ToDictionary(spec => spec.Name, spec => Map.Create(spec));
    private readonly PacketBurst _packets = new(Burst);

    /// <summary>Programs run over packets.</summary>
    public long Runs { get; private set; }

    /// <summary>Instructions looked at.</summary>
    public long Instructions { get; private set; }

    /// <summary>Registers compared.</summary>
    public long Checks { get; private set; }

    /// <summary>Programs that were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Verifies a program and runs it.</summary>
    /// <param name="spec">Its collection, over the maps of <see cref="RandomMaps"/>.</param>
    /// <param name="seed">Decides about packets and map contents.</param>
    /// <param name="runs">Packets.</param>
    /// <returns>What was proved wrongly, or null; null too when the program is refused.</returns>
    public string? Violation(CollectionSpec spec, ulong seed, int runs)
    {
        VerifierResult result = ProgramVerifier.Verify(spec, spec.Programs[0]);
        if (result.Program is not { } verified)
        {
            Refused++;
            return null;
        }
        try
        {
            return Violation(spec, new CompiledFacts(verified), seed, runs);
        }
        catch (Exception error) when (error is ProgramLoadException or UnsupportedFeatureException)
        {
            // Engines look at the form of code that no run comes to, the verifier, as the kernel, does not.
            Refused++;
            return null;
        }
    }

    /// <summary>The same with facts that are already laid out.</summary>
    public string? Violation(CollectionSpec spec, CompiledFacts facts, ulong seed, int runs)
    {
        // Verified already: the facts may have been made wrong since.
        using Collection collection = Collection.Load(spec, new EngineOptions { Maps = _maps, Unverified = true });
        LoadedProgram program = collection.Programs[spec.Programs[0].Name];
        using var interpreter = new Interpreter(program, new MachineOptions { RandomSeed = seed, Clock = new FixedClock() });
        var checker = new FactChecker(interpreter.Machine);
        checker.Add(program, facts);
        var scrambler = new DeadBitScrambler(new SeededRandom(seed + 1));
        scrambler.Add(program, facts);
        try
        {
            for (int done = 0; done < runs; done += Burst)
            {
                interpreter.Observer = checker;
                Run(interpreter, seed + (ulong)done);
                Runs += _packets.Count;
                if (done % (4 * Burst) == 0 && Differs(interpreter, scrambler, seed + (ulong)done) is { } difference)
                    return difference;
            }
        }
        catch (Exception error) when (error is FactViolation or ProgramFaultException)
        {
            return error.Message;
        }
        finally
        {
            Instructions += checker.Instructions;
            Checks += checker.Checks;
        }
        return null;
    }

    public void Dispose()
    {
        foreach (Map map in _maps.Values)
            map.Dispose();
        _packets.Dispose();
    }

    // The same packets in the same places again, with rubbish in every dead bit: all that shows must be the same.
    private string? Differs(Interpreter interpreter, DeadBitScrambler scrambler, ulong seed)
    {
        List<string> expected = Answers();
        interpreter.Observer = scrambler;
        if (Again() is not { } difference)
            return null;
        // Mutants may show addresses, which need not be the same again.
        interpreter.Observer = null;
        if (Again() is not null)
            return null;
        interpreter.Observer = scrambler;
        for (int slot = 0; slot < interpreter.Program.Instructions.Length; slot++)
        {
            for (Register register = Register.R0; register < Register.R10; register++)
            {
                scrambler.Only = (slot, register);
                if (Again() is { } why)
                    return $"instruction {slot}, dead bits of {register}: {why}";
            }
        }
        return difference;

        string? Again()
        {
            Run(interpreter, seed);
            List<string> answers = Answers();
            int index = Enumerable.Range(0, answers.Count).FirstOrDefault(i => answers[i] != expected[i], -1);
            return index < 0 ? null : $"with rubbish in dead bits packet {index} (the last: maps) is {answers[index]} instead of {expected[index]}";
        }
    }

    private void Run(Interpreter interpreter, ulong seed)
    {
        Prepare(seed);
        // What a program never wrote to its stack is what the run before left there.
        MachineState* state = interpreter.Machine.State;
        new Span<byte>(state->StackBase, (int)(state->StackTop - state->StackBase)).Clear();
        interpreter.Run(_packets.Frames, _packets.Count);
    }

    private List<string> Answers()
    {
        var answers = new List<string>();
        for (int i = 0; i < _packets.Count; i++)
        {
            ref Frame frame = ref _packets.Frames[i];
            answers.Add($"0x{frame.Verdict:x} {Convert.ToHexString(new ReadOnlySpan<byte>(frame.Data, frame.Length))}");
        }
        answers.Add(Contents());
        return answers;
    }

    private string Contents() => string.Join('\n', _maps.Values.SelectMany(map => map.Entries()
        .Select(entry => $"{map.Name} {Convert.ToHexString(entry.Key)} {Convert.ToHexString(entry.Value)}").Order(StringComparer.Ordinal)));

    private void Prepare(ulong seed)
    {
        var random = new SeededRandom(~seed);
        _packets.Clear();
        for (int i = 0; i < Burst; i++)
            _packets.Add(RandomPacket(random));
        Map hash = _maps["hash"];
        foreach (byte[] key in hash.Entries().Select(entry => entry.Key).ToList())
            hash.Delete(key);
        for (byte key = 0; key < RandomMaps.HashKeys; key++)
        {
            if (random.OneIn(3) && hash.Entries().Count() < RandomMaps.HashKeys / 2)
                hash.Update([key, 0, 0, 0], RandomBytes(random, RandomMaps.HashValue));
        }
        for (byte key = 0; key < RandomMaps.ArrayEntries; key++)
            _maps["array"].Update([key, 0, 0, 0], RandomBytes(random, RandomMaps.ArrayValue));
    }

    private static byte[] RandomPacket(SeededRandom random) =>
        RandomBytes(random, random.OneIn(8) ? random.Between(14, ProgramLayout.PacketProven + 2) : random.Between(ProgramLayout.PacketProven, 300));

    // Numbers at the ends of ranges are what proofs go wrong at.
    private static byte[] RandomBytes(SeededRandom random, int count)
    {
        byte[] bytes = random.Bytes(count);
        byte[] ends = [0, 0xff, 0x7f, 0x80, 1];
        for (int i = 0; i + 8 <= count; i += 8)
        {
            if (random.OneIn(2))
                continue;
            byte end = random.Pick<byte>(ends);
            bytes.AsSpan(i + random.Below(8), 1).Fill(end);
            if (random.OneIn(2))
                bytes.AsSpan(i, 8).Fill(end);
        }
        return bytes;
    }
}
