namespace Headrace.Verifier;

/// <summary>How a program is verified.</summary>
public sealed record VerifierOptions
{
    /// <summary>0: only why it was refused; 1: the path to it; 2: every path.</summary>
    public int LogLevel { get; init; }

    /// <summary>Instructions processed before a program is refused as too complex.</summary>
    public int InstructionLimit { get; init; } = 1_000_000;

    /// <summary>Processors the kernel may have: bpf_get_smp_processor_id returns less.</summary>
    public int Processors { get; init; } = Environment.ProcessorCount;

    /// <summary>Rules of the place the program is to run at, besides the kernel's; null for none.</summary>
    public VerifierTarget? Target { get; init; }
}
