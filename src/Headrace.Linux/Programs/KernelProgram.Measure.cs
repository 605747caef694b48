using System.Diagnostics;
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
        double total = double.MaxValue, loop = double.MaxValue;
        for (int measurement = 0; measurement < measurements; measurement++)
        {
            total = Math.Min(total, Measure(packet, repeats));
            loop = Math.Min(loop, empty.Measure(packet, repeats));
        }
        return new KernelRunTime(total, loop);
    }

    private double Measure(ReadOnlySpan<byte> packet, int repeats)
    {
        TimeSpan few = TimeOf(packet, FewRepeats);
        TimeSpan many = TimeOf(packet, repeats);
        return Math.Max(0, (many - few).TotalNanoseconds / (repeats - FewRepeats));
    }

    private TimeSpan TimeOf(ReadOnlySpan<byte> packet, int repeats)
    {
        long start = Stopwatch.GetTimestamp();
        TestRun(packet, repeats);
        return Stopwatch.GetElapsedTime(start);
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
