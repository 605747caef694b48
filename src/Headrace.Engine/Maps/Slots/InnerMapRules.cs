using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>Which maps may go into a map of maps.</summary>
internal static class InnerMapRules
{
    /// <summary>True when a map is like the template: programs were written for its sizes.</summary>
    public static bool Accepts(MapSpec template, Map inner) =>
        template.Type == inner.Type && template.KeySize == inner.Spec.KeySize && template.ValueSize == inner.Spec.ValueSize
        && template.Flags == inner.Flags && template.SpecialFields.SequenceEqual(inner.Spec.SpecialFields)
        && (!IsArray(template.Type) || (template.Flags & MapFlags.InnerMap) != 0 || template.MaxEntries == inner.MaxEntries);

    private static bool IsArray(MapType type) =>
        type is MapType.Array or MapType.PerCpuArray or MapType.ProgramArray or MapType.PerfEventArray or MapType.XskMap;
}
