using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>What is known of a helper without calling it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Programs">Program types that may call it (see <see cref="ProgramSets"/>).</param>
/// <param name="Arguments">Its arguments from R1 on, five at most.</param>
/// <param name="Returns">What R0 holds after it.</param>
/// <param name="Marks">What else is known.</param>
/// <param name="Object">Kernel type of the object it takes or returns, where it is one.</param>
internal sealed record HelperPrototype(
    HelperId Id, ulong Programs, Argument[] Arguments, ReturnKind Returns, HelperMarks Marks, string Object = "")
{
    /// <summary>The prototype that other program types see, or null.</summary>
    public HelperPrototype? Other { get; init; }

    /// <summary>True when programs of the type may call it.</summary>
    public bool IsFor(ProgramType type) => (Programs >> (int)type & 1) != 0;

    /// <summary>True when it has the mark.</summary>
    public bool Has(HelperMarks mark) => (Marks & mark) != 0;
}
