using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>One helper function as the engines call it.</summary>
/// <param name="id">Its number.</param>
/// <param name="function">What the interpreter calls: the machine and R1 to R5 in, R0 out.</param>
/// <param name="methodName">Name of the static method behind it, for engines that emit direct calls.</param>
internal readonly unsafe struct HelperEntry(
    HelperId id, delegate*<Machine, ulong, ulong, ulong, ulong, ulong, ulong> function, string methodName)
{
    /// <summary>Its number.</summary>
    public HelperId Id { get; } = id;

    /// <summary>What the interpreter calls: the machine and R1 to R5 in, R0 out.</summary>
    public delegate*<Machine, ulong, ulong, ulong, ulong, ulong, ulong> Function { get; } = function;

    /// <summary>Name of the static method behind it, for engines that emit direct calls.</summary>
    public string MethodName { get; } = methodName;
}
