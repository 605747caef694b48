namespace Headrace.Verifier;

/// <summary>What is known of a kernel function without calling it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Programs">Program types that may call it (see <see cref="ProgramSets"/>).</param>
/// <param name="Arguments">Its arguments from R1 on.</param>
/// <param name="Action">What it does.</param>
/// <param name="IsTrusting">True when NULL is refused for every pointer (KF_TRUSTED_ARGS).</param>
internal sealed record KfuncPrototype(string Name, ulong Programs, KfuncArgument[] Arguments, KfuncAction Action = KfuncAction.None, bool IsTrusting = false)
{
    /// <summary>True for the functions of iterators over numbers, which are allowed while a lock is held.</summary>
    public bool IsOfIterator => Action is KfuncAction.BeginsIterator or KfuncAction.NextOfIterator or KfuncAction.EndsIterator;

    /// <summary>True when programs of the type may call it.</summary>
    public bool IsFor(Bytecode.ProgramType type) => (Programs >> (int)type & 1) != 0;
}
