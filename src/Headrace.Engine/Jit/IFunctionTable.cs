using System.Reflection.Emit;

namespace Headrace.Engine.Jit;

/// <summary>The methods of a program's functions while they are written.</summary>
internal interface IFunctionTable
{
    /// <summary>The method of the function that starts at a slot, written or to be written.</summary>
    DynamicMethod Method(int function);
}
