using System.Reflection;
using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>One helper function as the engines call it.</summary>
/// <param name="id">Its number.</param>
/// <param name="function">What the interpreter calls: the machine and R1 to R5 in, R0 out.</param>
/// <param name="type">The class that has the method behind it.</param>
/// <param name="methodName">Name of the method, generic over an <see cref="IArgumentAccess"/>.</param>
/// <param name="access">The policy it is made for.</param>
internal readonly unsafe struct HelperEntry(
    HelperId id, delegate*<Machine, ulong, ulong, ulong, ulong, ulong, ulong> function, Type type, string methodName, Type access)
{
    private readonly Type _type = type;
    private readonly Type _access = access;

    /// <summary>Its number.</summary>
    public HelperId Id { get; } = id;

    /// <summary>What the interpreter calls: the machine and R1 to R5 in, R0 out.</summary>
    public delegate*<Machine, ulong, ulong, ulong, ulong, ulong, ulong> Function { get; } = function;

    /// <summary>Name of the static method behind it.</summary>
    public string MethodName { get; } = methodName;

    /// <summary>The static method behind it, for engines that emit direct calls. Found by reflection every time.</summary>
    public MethodInfo Method => _type.GetMethod(MethodName)!.MakeGenericMethod(_access);

    /// <summary>Its prototype.</summary>
    public HelperPrototype Prototype => HelperPrototypes.Find(Id)!;
}
