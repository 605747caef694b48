using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Verifier.Tests;

public class TargetTests
{
    private const string Update = """
        *(u32 *)(r10 - 4) = 0
        *(u64 *)(r10 - 16) = 1
        *(u64 *)(r10 - 24) = 1
        r2 = r10
        r2 += -4
        r3 = r10
        r3 += -24
        r4 = 0
        r1 = map[hash]
        call 2
        r0 = 2
        exit
        """;

    private const string VariableOffset = """
        r2 = *(u32 *)(r1 + 0)
        r3 = *(u32 *)(r1 + 4)
        r4 = r2
        r4 += 40
        r0 = 0
        if r4 > r3 goto +7
        r5 = *(u8 *)(r2 + 0)
        r5 &= 15
        r2 += r5
        r4 = r2
        r4 += 1
        if r4 > r3 goto +1
        r0 = *(u8 *)(r2 + 0)
        exit
        """;

    private const string Constant = "r2 = *(u32 *)(r1 + 0)\nr3 = *(u32 *)(r1 + 4)\nr4 = r2\nr4 += 4\nr0 = 0\nif r4 > r3 goto +1\nr0 = *(u8 *)(r2 + 3)\nexit\n";

    // Two ways to one call, told apart only by a number that nothing else relies on.
    private const string TwoNumbers = """
        r6 = *(u32 *)(r1 + 12)
        r4 = 0
        if r6 == 7 goto +1
        r4 = 1
        r7 = *(u32 *)(r1 + 16)
        if r7 == 1 goto +0
        if r7 == 2 goto +0
        r7 += 1
        r7 += 1
        r7 += 1
        if r7 == 3 goto +0
        if r7 == 4 goto +0
        *(u32 *)(r10 - 4) = 0
        *(u64 *)(r10 - 16) = 1
        *(u64 *)(r10 - 24) = 1
        r2 = r10
        r2 += -4
        r3 = r10
        r3 += -24
        r1 = map[hash]
        call 2
        r0 = 2
        exit
        """;

    /// <summary>A device with few means.</summary>
    private sealed class Device : VerifierTarget
    {
        public override string Name => "device";

        public ulong? Flags { get; init; }

        public MapType? NoMap { get; init; }

        public ProgramType? NoProgram { get; init; }

        public int Calls { get; private set; }

        public override string? CheckProgram(ProgramSpec program) => program.Type == NoProgram ? $"{program.Type} programs do not run here" : null;

        public override string? CheckMap(MapSpec map) => map.Type == NoMap ? $"map '{map.Name}' is of a type that is not here" : null;

        public override string? CheckInstruction(TargetState state) => state.Access is { Kind: RegisterKind.Packet, Offset: null } access
            ? $"the packet is read at offsets {access.MinOffset} to {access.MaxOffset}: use a constant one"
            : null;

        public override string? CheckCall(TargetState state, CallTarget call)
        {
            Calls++;
            if (call.Helper != HelperId.MapUpdateElem)
                return null;
            if (Flags is { } allowed)
                return state[Register.R4].Constant == allowed ? null : $"flags {state[Register.R4].Number} are not supported";
            return $"map updates are not supported, '{call.Map!.Name}' stays as it is";
        }
    }

    [Fact]
    public void A_call_can_be_refused()
    {
        VerifierResult result = Verify(Update, new Device());
        Assert.Equal((95, "device: map updates are not supported, 'hash' stays as it is"), (result.Errno, result.LastLine));
        Assert.Null(result.Program);
        Assert.True(Verify(Update, null).IsAccepted);
    }

    [Fact]
    public void An_instruction_can_be_refused_by_what_its_registers_hold()
    {
        Assert.Equal("device: the packet is read at offsets 0 to 15: use a constant one", Verify(VariableOffset, new Device()).LastLine);
        Assert.True(Verify(Constant, new Device()).IsAccepted);
    }

    [Fact]
    public void The_refusal_stands_in_the_log_behind_its_path()
    {
        string log = Verify(VariableOffset, new Device(), logLevel: 1).Log.ToString();
        int instruction = log.IndexOf("12: (71) r0 = *(u8 *)(r2 +0)", StringComparison.Ordinal);
        int refusal = log.IndexOf("device: the packet is read", StringComparison.Ordinal);
        Assert.True(instruction >= 0 && refusal > instruction, log);
        Assert.Contains("processed ", log[refusal..], StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_a_target_asks_for_are_told_apart_on_all_paths()
    {
        Assert.True(Verify(TwoNumbers, null).IsAccepted);
        Assert.Equal("device: flags 1 are not supported", Verify(TwoNumbers, new Device { Flags = 0 }).LastLine);
        Assert.Equal("device: flags 0 are not supported", Verify(TwoNumbers, new Device { Flags = 1 }).LastLine);
    }

    [Fact]
    public void Maps_and_programs_can_be_refused()
    {
        Assert.Equal("device: map 'hash' is of a type that is not here", Verify(Update, new Device { NoMap = MapType.Hash }).LastLine);
        Assert.Equal("device: Xdp programs do not run here", Verify(Update, new Device { NoProgram = ProgramType.Xdp }).LastLine);
    }

    [Fact]
    public void What_the_kernel_refuses_is_refused_without_trouble()
    {
        var device = new Device();
        Assert.Equal("R2 !read_ok", Verify("r0 = r2\nexit\n", device).LastLine);
        var broken = Assembler.Assemble("r0 = *(u8 *)(r1 + 0)\nexit\n");
        broken[0] = broken[0] with { Src = (Register)15 };
        Assert.Equal("R15 is invalid", Verify(broken, device).LastLine);
        Assert.Equal(0, device.Calls);
    }

    private static VerifierResult Verify(string text, VerifierTarget? target, int logLevel = 0) => Verify(Assembler.Assemble(text, _ => 1), target, logLevel);

    private static VerifierResult Verify(Instruction[] code, VerifierTarget? target, int logLevel = 0)
    {
        var collection = new CollectionSpec { Source = "target" };
        collection.Maps.Add(new MapSpec { Name = "array", Type = MapType.Array, KeySize = 4, ValueSize = 64, MaxEntries = 4 });
        collection.Maps.Add(new MapSpec { Name = "hash", Type = MapType.Hash, KeySize = 4, ValueSize = 16, MaxEntries = 4 });
        var program = new ProgramSpec { Name = "target", Type = ProgramType.Xdp, License = "GPL", Instructions = code };
        return ProgramVerifier.Verify(collection, program, new VerifierOptions { Target = target, LogLevel = logLevel });
    }
}
