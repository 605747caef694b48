using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>What a graph stands on when it runs: memory, maps, helpers. An engine gives it.</summary>
/// <remarks>Each call says for which packet (tag), which instruction and at which depth of calls, so that faults can be told and stacks are kept apart.</remarks>
internal abstract class TokenWorld
{
    /// <summary>Makes everything ready for a packet.</summary>
    /// <param name="tag">Its number.</param>
    /// <param name="arguments">Takes R1 to R5.</param>
    public abstract void Begin(int tag, Span<ulong> arguments);

    /// <summary>A packet is done.</summary>
    public abstract void End(int tag, ulong result);

    /// <summary>R10 of the first frame of a packet's stack; deeper frames lie 512 bytes apart below.</summary>
    public abstract ulong FrameTop(int tag);

    /// <summary>The value of a map's handle, an address in a map or a function's address.</summary>
    public abstract ulong Literal(Actor literal);

    /// <summary>Loads 1, 2, 4 or 8 bytes; zeros above.</summary>
    public abstract ulong Load(in Site site, ulong address, int size);

    /// <summary>Stores the low bytes of a value.</summary>
    public abstract void Store(in Site site, ulong address, int size, ulong value);

    /// <summary>Does an atomic operation.</summary>
    /// <returns>The old value.</returns>
    public abstract ulong Atomic(in Site site, AtomicOp op, ulong address, int size, ulong operand, ulong expected);

    /// <summary>Legacy packet access; <see cref="Actor.OutsidePacket"/> outside of it.</summary>
    public abstract ulong LoadPacket(in Site site, int offset, int size);

    /// <summary>Calls a helper.</summary>
    public abstract ulong Helper(in Site site, HelperId helper, ReadOnlySpan<ulong> arguments);

    /// <summary>Runs another program in the place of this one; false where the kernel would go on.</summary>
    public abstract bool TailCall(in Site site, ulong map, ulong index, out ulong result);

    /// <summary>Counts work against what a run may do.</summary>
    public abstract void Spend(in Site site, int instructions);

    /// <summary>Counts a call of a function, or refuses one that is too deep.</summary>
    public abstract void EnterCall(in Site site, int start);
}
