using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Cli.Runs;

/// <summary>What a map holds.</summary>
/// <param name="Spec">What the map was made from.</param>
/// <param name="Entries">Its elements; none for maps that cannot be listed (queues, ring buffers).</param>
internal sealed record MapDump(MapSpec Spec, IReadOnlyList<MapDumpEntry> Entries)
{
    /// <summary>Makes a dump of elements as user space reads them: per-CPU values one behind the other, each padded to 8 bytes.</summary>
    public static MapDump Of(MapSpec spec, IEnumerable<KeyValuePair<byte[], byte[]>> elements, int cpus)
    {
        bool perCpu = spec.Type is MapType.PerCpuArray or MapType.PerCpuHash or MapType.LruPerCpuHash;
        return new MapDump(spec, [.. elements.Select(element => new MapDumpEntry(element.Key, perCpu ? Split(element.Value, spec, cpus) : [element.Value]))]);
    }

    private static byte[][] Split(byte[] values, MapSpec spec, int cpus)
    {
        int size = (int)spec.ValueSize, stride = (size + 7) & ~7;
        var parts = new byte[cpus][];
        for (int cpu = 0; cpu < cpus; cpu++)
            parts[cpu] = values.AsSpan(cpu * stride, size).ToArray();
        return parts;
    }
}
