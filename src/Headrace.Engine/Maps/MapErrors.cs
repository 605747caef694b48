using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Says in words why a map refused an operation.</summary>
internal static class MapErrors
{
    public static MapException Describe(Map map, string operation, int errno) => new(map.Name, operation, errno, Reason(map, errno));

    /// <summary>What an error number says of a map, in words.</summary>
    public static string Reason(Map map, int errno) => errno switch
    {
        Errno.EPERM => map.IsFrozen
            ? "the map is frozen: user code may only read it"
            : $"the map was created with {map.Flags & (MapFlags.ReadOnly | MapFlags.WriteOnly)} for user code",
        Errno.ENOENT => "there is no such element",
        Errno.E2BIG when IsIndexed(map.Type) => $"the index is past the last element: the map has {map.MaxEntries} (max_entries)",
        Errno.E2BIG => $"the map is full: it holds {map.MaxEntries} elements (max_entries)",
        Errno.ENOSPC => $"the map is full: it holds {map.MaxEntries} elements (max_entries)",
        Errno.EEXIST => "the element exists already and NoExist was asked for",
        Errno.EBADF => "the value names no live map or program: give its Id",
        Errno.EINVAL => $"a {map.Type} map does not take this operation with this key, value or flags",
        Errno.ENODEV => $"there is no such CPU: programs run on {map.Cpus}",
        Errno.EOVERFLOW => "the queue is longer than 16384",
        Errno.ENOMEM => "memory is short",
        Errno.ENOTSUPP => $"a {map.Type} map does not have this operation",
        Errno.EOPNOTSUPP => $"a {map.Type} map does not have this operation",
        _ => $"errno {errno}",
    };

    private static bool IsIndexed(MapType type) => type is MapType.Array or MapType.PerCpuArray or MapType.ProgramArray
        or MapType.PerfEventArray or MapType.ArrayOfMaps or MapType.DevMap or MapType.CpuMap or MapType.XskMap;
}
