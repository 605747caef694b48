using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>What was proved of one instruction, on every path.</summary>
public sealed class InstructionFacts
{
    internal static readonly RegisterFacts[] NothingKnown = [.. Enumerable.Repeat(RegisterFacts.None, 11)];

    private readonly RegisterFacts[] _registers;
    private readonly ulong[] _live;

    internal InstructionFacts(RegisterFacts[] registers, ulong[] live) => (_registers, _live) = (registers, live);

    /// <summary>False for code that no run comes to, and for the second slot of a wide load.</summary>
    public bool IsReached { get; internal init; }

    /// <summary>Conditional jumps: true when always taken, false when never, null when it depends. Null for everything else.</summary>
    public bool? Branch { get; internal init; }

    /// <summary>What a register holds before the instruction.</summary>
    public RegisterFacts this[Register register] => _registers[(int)register];

    /// <summary>
    /// The bits of a register, before the instruction, that anything later may depend on: 0 for a dead register, <c>0xffffffff</c> where the
    /// upper half is dead.
    /// </summary>
    /// <remarks>
    /// Results that nothing needs make no operand live, but for loads, stores and calls. Whoever leaves an instruction out that does not
    /// touch memory because its result is dead leaves nothing behind that reads another.
    /// </remarks>
    public ulong LiveBits(Register register) => _live[(int)register];

    /// <summary>True when a register may still be read.</summary>
    public bool IsLive(Register register) => _live[(int)register] != 0;

    /// <summary>The register that the instruction writes; null when it writes none (calls: R0).</summary>
    public Register? Target { get; internal init; }

    /// <summary>What <see cref="Target"/> holds behind the instruction.</summary>
    public RegisterFacts Result { get; internal init; } = RegisterFacts.None;

    /// <summary>The bits of <see cref="Target"/> behind the instruction that anything may depend on; 0 when the result is dead.</summary>
    public ulong ResultLiveBits { get; internal init; }

    /// <summary>Loads, stores and atomic operations: what they touch. Null for everything else, and for the classic loads of the packet.</summary>
    public AccessFacts? Access { get; internal init; }

    /// <summary>Calls: where they go. Null for everything else.</summary>
    public CallTarget? Call { get; internal init; }

    /// <summary>Bytes of the packet that are there for certain before the instruction, as comparisons with its end have proved; 0 for none.</summary>
    public int PacketBytes { get; internal init; }
}
