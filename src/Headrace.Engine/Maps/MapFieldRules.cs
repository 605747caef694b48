using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>What the kernel asks of special fields in values (<c>map_check_btf</c>), and what memory safety asks of any spec.</summary>
internal static class MapFieldRules
{
    public static MapRefusal? Check(MapSpec spec)
    {
        int end = 0, locks = 0;
        foreach (MapFieldSpec field in spec.SpecialFields.OrderBy(field => field.Offset))
        {
            if (field.Offset < end || field.Size <= 0 || (ulong)field.Offset + (ulong)field.Size > spec.ValueSize)
                return new(Errno.EINVAL, $"the {field.Kind} at offset {field.Offset} overlaps another field or ends beyond the value of {spec.ValueSize} bytes");
            end = field.Offset + field.Size;
            if (field.Kind == MapFieldKind.SpinLock && (++locks > 1 || field.Offset % 4 != 0 || field.Size != 4))
                return new(Errno.EINVAL, "a value has at most one spin lock, 4 bytes on a 4-byte boundary");
        }
        if (locks != 0 && spec.Type is not (MapType.Hash or MapType.Array))
            return new(Errno.EOPNOTSUPP, $"values of a {spec.Type} map may hold no spin lock");
        if (spec.SpecialFields.Count != 0 && (spec.Flags & (MapFlags.ReadOnlyProgram | MapFlags.WriteOnlyProgram)) != 0)
            return new(Errno.EACCES, "a map whose values hold special fields must be readable and writable by programs");
        return null;
    }
}
