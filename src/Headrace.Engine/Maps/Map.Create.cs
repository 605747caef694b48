using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

public abstract unsafe partial class Map
{
    /// <summary>Makes a map with the kernel's checks of its specification.</summary>
    /// <param name="spec">What to make.</param>
    /// <param name="cpus">Number of CPUs a per-CPU map has values for.</param>
    /// <exception cref="MapException">The kernel would refuse the specification.</exception>
    /// <exception cref="UnsupportedFeatureException">The engine has no map of this type.</exception>
    public static Map Create(MapSpec spec, int cpus = 1) =>
        throw new UnsupportedFeatureException($"map type {spec.Type}", $"map '{spec.Name}': the engine has no map of type {spec.Type}");
}
