using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux;

public sealed partial class KernelProgram
{
    private const int FewRepeats = 2;

    /// <summary>Measures one run on one packet.</summary>
    /// <param name="packet">The packet; every repeat gets what the one before left of it, so the program should not move or resize it.</param>
    /// <param name="repeats">Runs in one measurement.</param>
    /// <param name="measurements">How many measurements; the shortest counts.</param>
    /// <remarks>
    /// A measurement is <c>(T(repeats) - T(2)) / (repeats - 2)</c> of whole calls, so that entering the kernel and copying the packet
    /// cancel out, with fractions of a nanosecond that the kernel's own figure does not have.
    /// </remarks>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public KernelRunTime MeasureNanosecondsPerRun(ReadOnlySpan<byte> packet, int repeats = 100_000, int measurements = 7)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(repeats, FewRepeats);
        using KernelProgram empty = Load(ReturnsDrop("empty", Spec.Type, Spec.ExpectedAttachType), []);
        Shortest mine = Shortest.None, emptys = Shortest.None;
        for (int measurement = 0; measurement < measurements; measurement++)
        {
            mine = mine.With(this, packet, repeats);
            emptys = emptys.With(empty, packet, repeats);
        }
        return new KernelRunTime(mine.PerRun(repeats), emptys.PerRun(repeats));
    }

    // Few and many are each the shortest seen: a disturbed short call taken off an undisturbed long one would flatter the program.
    private readonly record struct Shortest(TimeSpan Few, TimeSpan Many)
    {
        public static Shortest None => new(TimeSpan.MaxValue, TimeSpan.MaxValue);

        public Shortest With(KernelProgram program, ReadOnlySpan<byte> packet, int repeats) =>
            new(Min(Few, program.TimeOf(packet, FewRepeats)), Min(Many, program.TimeOf(packet, repeats)));

        public double PerRun(int repeats) => Math.Max(0, (Many - Few).TotalNanoseconds / (repeats - FewRepeats));

        private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
    }

    private TimeSpan TimeOf(ReadOnlySpan<byte> packet, int repeats)
    {
        long start = ThreadClock.Nanoseconds;
        TestRun(packet, repeats);
        return TimeSpan.FromMicroseconds((ThreadClock.Nanoseconds - start) / 1000.0);
    }

    /// <summary>The shortest program: it returns 1, which is XDP's drop.</summary>
    internal static ProgramSpec ReturnsDrop(string name, ProgramType type, AttachType attachType = default) => new()
    {
        Name = name,
        Type = type,
        ExpectedAttachType = attachType,
        License = "Apache-2.0",
        Instructions =
        [
            new Instruction(Opcode.Alu(AluOp.Mov, is64: true, usesRegister: false), Register.R0, Register.R0, 0, (long)XdpAction.Drop),
            new Instruction(Opcode.Jump(JumpOp.Exit, is64: true, usesRegister: false), Register.R0, Register.R0, 0, 0),
        ],
    };
}
