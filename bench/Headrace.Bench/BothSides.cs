using Headrace.Engine;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>An object's programs and maps in user space and, where there is one, in the kernel; filled alike, and measured in turn.</summary>
internal sealed class BothSides : IDisposable
{
    /// <summary>Nanoseconds below which what is left after taking off the key is noise.</summary>
    public const double LeastNet = 0.5;

    private static readonly EngineKind[] s_kinds = [EngineKind.Jit, EngineKind.Batch];

    private readonly TableScale _scale;

    private BothSides(CollectionSpec spec, TableScale scale, bool hasKernel)
    {
        _scale = scale;
        Ours = Collection.Load(spec);
        Kernel = hasKernel ? KernelCollection.Load(spec, new KernelLoadOptions()) : null;
    }

    /// <summary>Puts elements into a map: one, or several whose keys and values lie one after the other.</summary>
    public delegate void Put(string map, ReadOnlySpan<byte> keys, ReadOnlySpan<byte> values);

    /// <summary>In user space.</summary>
    public Collection Ours { get; }

    /// <summary>In the kernel.</summary>
    public KernelCollection? Kernel { get; }

    /// <summary>Loads an object, and fills each side's maps.</summary>
    public static BothSides Load(CollectionSpec spec, TableScale scale, bool hasKernel, Action<Put> fill)
    {
        var sides = new BothSides(spec, scale, hasKernel);
        fill((map, keys, values) =>
        {
            Map target = sides.Ours.Maps[map];
            for (int key = 0, value = 0; key < keys.Length; key += target.KeySize, value += target.UserValueSize)
                target.Update(keys.Slice(key, target.KeySize), values.Slice(value, target.UserValueSize));
        });
        if (sides.Kernel is { } kernel)
        {
            fill((map, keys, values) =>
            {
                KernelMap target = kernel.Maps[map];
                for (int key = 0, value = 0; key < keys.Length; key += target.KeySize, value += target.ValueSize)
                    target.Update(keys.Slice(key, target.KeySize), values.Slice(value, target.ValueSize));
            });
        }
        return sides;
    }

    /// <summary>Measures a program on every engine beside the kernel: one round of each in turn, the least of each counts.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="key">The program that it is measured net of.</param>
    /// <param name="make">Makes our packets; null for packets that carry a number.</param>
    /// <param name="peers">Others that look up the same, which have a round in turn as well; one by one beside the jit, bulks beside the batch engine.</param>
    public IEnumerable<BenchmarkRow> Measure(string program, string key, MakePacket? make = null, IReadOnlyList<TablePeer>? peers = null)
    {
        TableTimer[] timers = [.. s_kinds.Select(kind => new TableTimer(Ours.Programs[program], kind, _scale, make))];
        TableTimer[] keys = [.. s_kinds.Select(kind => new TableTimer(Ours.Programs[key], kind, _scale, make))];
        double? peer = null;
        // In tables.bpf.c the mark says that the packet carries its number, in the other objects that it is to be made.
        byte[] packet = make is null ? new byte[TablePackets.Length] : TablePackets.Marked();
        for (int round = 0; round < _scale.Rounds; round++)
        {
            foreach (TableTimer timer in timers.Concat(keys))
                timer.Measure();
            foreach (TablePeer other in peers ?? [])
                other.Measure();
            if (Kernel is null)
                continue;
            double total = Kernel.Programs[program].MeasureNanosecondsPerRun(packet, _scale.KernelRepeats, _scale.KernelMeasurements).Total;
            double net = total - Kernel.Programs[key].MeasureNanosecondsPerRun(packet, _scale.KernelRepeats, _scale.KernelMeasurements).Total;
            peer = Math.Max(LeastNet, Math.Min(peer ?? double.MaxValue, net));
        }
        for (int i = 0; i < s_kinds.Length; i++)
        {
            double ours = Math.Max(LeastNet, timers[i].Best - keys[i].Best);
            string name = $"{program} {s_kinds[i].ToString().ToLowerInvariant()}";
            yield return BenchmarkRow.Of(name, ours, peer, "ns");
            foreach (TablePeer other in peers ?? [])
            {
                if (other.IsBulk == (s_kinds[i] == EngineKind.Batch))
                    yield return BenchmarkRow.Of($"{name}, {other.Name}", ours, other.Best, "ns");
            }
            timers[i].Dispose();
            keys[i].Dispose();
        }
    }

    /// <summary>Refuses figures of a program that did not do what it is measured for.</summary>
    /// <param name="map">A per-CPU array that counts what the program did.</param>
    public void Check(string map)
    {
        ProgramTables.Check(map, key => Ours.Maps[map].Lookup(key));
        if (Kernel?.Maps[map] is { } counts)
        {
            ProgramTables.Check(map, key =>
            {
                byte[] values = new byte[counts.ValueBufferSize];
                counts.Lookup(key, values);
                return values;
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Ours.Dispose();
        Kernel?.Dispose();
    }
}
