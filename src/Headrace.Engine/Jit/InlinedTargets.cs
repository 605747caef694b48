using System.Reflection.Emit;

namespace Headrace.Engine.Jit;

/// <summary>The programs that a method has in place of tail calls.</summary>
internal sealed class InlinedTargets
{
    /// <summary>For each call of the method's own program that was written in place: the variable that says whether all still leads where it did, and what has to hold for it.</summary>
    public List<(LocalBuilder Holds, List<InlinedTarget> Targets)> Calls { get; } = [];

    /// <summary>Actors of all of them.</summary>
    public int Actors { get; set; }
}
