namespace Headrace.Bytecode;

/// <summary>The oldest instruction set an instruction belongs to: the compiler's <c>-mcpu</c> levels, and what Linux added after them.</summary>
public enum CpuVersion
{
    /// <summary>The first set: 64- and 32-bit arithmetic, 64-bit jumps, plain memory, atomic add, legacy packet access.</summary>
    V1 = 1,
    /// <summary>Adds the jumps on less-than.</summary>
    V2 = 2,
    /// <summary>Adds 32-bit jumps and the fetching, logical and exchanging atomics.</summary>
    V3 = 3,
    /// <summary>Adds signed division, sign-extending moves and loads, unconditional byte swap, and gotol.</summary>
    V4 = 4,
    /// <summary>What Linux 6.18 accepts beyond v4: may_goto, address-space casts, load-acquire and store-release.</summary>
    Linux618 = 5,
}
