using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Which maps may go into a map of maps.</summary>
internal static class InnerMapRules
{
    /// <summary>True when a map is like an outer map's template, and has values for all the processors that the outer map's programs run on.</summary>
    public static bool Accepts(Map outer, Map inner) =>
        AreAlike(outer.Spec.InnerMap!, inner.Spec) && (!MapFit.IsPerCpu(inner.Type) || inner.Cpus >= outer.Cpus);

    /// <summary>True when programs that were written for a template's sizes find the same in another map.</summary>
    public static bool AreAlike(MapSpec template, MapSpec inner) =>
        template.Type == inner.Type && template.KeySize == inner.KeySize && template.ValueSize == inner.ValueSize
        && template.Flags == inner.Flags && template.SpecialFields.SequenceEqual(inner.SpecialFields)
        && (!IsArray(template.Type) || (template.Flags & MapFlags.InnerMap) != 0 || template.MaxEntries == inner.MaxEntries);

    private static bool IsArray(MapType type) =>
        type is MapType.Array or MapType.PerCpuArray or MapType.ProgramArray or MapType.PerfEventArray or MapType.XskMap;
}
