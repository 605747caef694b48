using Headrace.Bytecode;

namespace Headrace.Linux.Tests.Differential;

/// <summary>
/// A piece of a random program. Every statement leaves behind what it finds (see <see cref="ProgramGenerator"/>), so that any of them
/// can be taken out and the rest is still a valid program: that is what makes failures shrink.
/// </summary>
internal abstract record Statement
{
    /// <summary>Code that runs from its first to behind its last instruction; jumps inside are relative and stay inside.</summary>
    public sealed record Straight(Instruction[] Instructions) : Statement;

    /// <summary>Two ways: the jump's offset is filled in when the program is laid out.</summary>
    public sealed record Branch(Instruction Jump, Statement[] Taken, Statement[] NotTaken, bool LongGoto) : Statement;

    /// <summary>A body that runs a fixed number of times; the counter lies on the stack, R0 is lost.</summary>
    public sealed record Loop(int Count, int CounterOffset, Statement[] Body) : Statement;

    /// <summary>A call of a function of the program, and the code that gives R1 to R5 values again.</summary>
    public sealed record Call(int Function, Instruction[] Restore) : Statement;
}
