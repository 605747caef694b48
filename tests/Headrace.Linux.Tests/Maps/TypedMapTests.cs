using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Linux.Tests.Rings;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Maps;

/// <summary>Elements as C# structs, and what the programs make of them.</summary>
public class TypedMapTests
{
    public TypedMapTests() => RequiresKernel.OrSkip();

    [Fact]
    public void Programs_and_structs_agree_on_elements()
    {
        using KernelCollection collection = RingTrial.Load();
        TypedMap<FlowKey, FlowValue> flows = collection.Maps["flows"].As<FlowKey, FlowValue>();
        var dns = new FlowKey { Source = 0x0a000001, Port = 53, Protocol = 17 };
        Assert.False(flows.TryGet(dns, out _));
        flows[dns] = new FlowValue { Packets = 40, Seconds = new Period { First = 1, Last = 2 } };
        collection.Programs["count"].TestRun(new byte[64], repeat: 2);
        Assert.Equal(new FlowValue { Packets = 42, Seconds = new Period { First = 1, Last = 2 } }, flows[dns]);
        Assert.Throws<KernelException>(() => flows.Update(dns, new FlowValue(), UpdateMode.MustBeNew));
        Assert.True(flows.Take(dns, out FlowValue taken));
        Assert.Equal(42ul, taken.Packets);
        Assert.False(flows.Delete(dns));
        Assert.Throws<KeyNotFoundException>(() => flows[dns]);

        TypedQueue<ulong> queue = collection.Maps["queue"].AsQueue<ulong>();
        Assert.True(queue.TryPeek(out ulong length) && queue.TryPop(out length));
        Assert.Equal(64ul, length);
        Assert.True(queue.TryPop(out _));
        Assert.False(queue.TryPop(out _));
        queue.Push(7);
        Assert.True(queue.TryPeek(out length));
        Assert.Equal(7ul, length);
    }

    [Fact]
    public void Every_processor_has_its_value()
    {
        using KernelCollection collection = RingTrial.Load();
        TypedMap<uint, FlowValue> totals = collection.Maps["totals"].As<uint, FlowValue>();
        using (Processors.Pin(out int processor))
        {
            collection.Programs["count"].TestRun(new byte[64], repeat: 5);
            FlowValue[] values = new FlowValue[Processors.Possible];
            Assert.True(totals.TryGet(0, values));
            Assert.Equal(new FlowValue { Packets = 5, Seconds = new Period { Last = 9 } }, values[processor]);
            values.AsSpan().Fill(new FlowValue { BytesSeen = 3 });
            totals.Update(1, values);
            totals.Update(2, new FlowValue { BytesSeen = 3 });
            FlowValue[] one = new FlowValue[Processors.Possible], two = new FlowValue[Processors.Possible];
            Assert.True(totals.TryGet(1, one) && totals.TryGet(2, two));
            Assert.Equal(values, one);
            Assert.Equal(values, two);
        }
        Assert.Throws<HeadraceException>(() => totals.TryGet(0, out _));
        Assert.Throws<ArgumentException>(() => totals.TryGet(0, new FlowValue[Processors.Possible + 1]));
    }

    [Fact]
    public void A_struct_that_lies_is_found_out()
    {
        using KernelCollection collection = RingTrial.Load();
        KernelMap flows = collection.Maps["flows"];
        Assert.Contains("has 16 bytes, the map 24", Assert.Throws<HeadraceException>(() => flows.As<FlowKey, (ulong, ulong)>()).Message, StringComparison.Ordinal);
        string swapped = Assert.Throws<HeadraceException>(() => flows.As<FlowKey, Swapped>()).Message;
        Assert.Contains("Swapped.packets stands at byte 8, the programs' at 0", swapped, StringComparison.Ordinal);
        Assert.Contains("Swapped.bytes_seen stands at byte 0, the programs' at 8", swapped, StringComparison.Ordinal);
        string inner = Assert.Throws<HeadraceException>(() => flows.As<FlowKey, Deep>()).Message;
        Assert.Contains("Deep.Seconds.Last stands at byte 0, the programs' at 4", inner, StringComparison.Ordinal);
        string narrow = Assert.Throws<HeadraceException>(() => flows.As<Narrow, FlowValue>()).Message;
        Assert.Contains("Narrow.Port has 4 bytes, the programs' 2", narrow, StringComparison.Ordinal);
        flows.As<ulong, FlowValue>(); // of the right size, and nothing to compare
        using KernelMap again = KernelMap.Open(flows.Id);
        Assert.Throws<HeadraceException>(() => again.As<FlowKey, Swapped>());
    }

    [Fact]
    public void Many_elements_go_and_come_in_batches()
    {
        using KernelCollection collection = RingTrial.Load();
        TypedMap<FlowKey, FlowValue> flows = collection.Maps["flows"].As<FlowKey, FlowValue>();
        FlowKey[] keys = [.. Enumerable.Range(0, 3000).Select(i => new FlowKey { Source = (uint)i, Port = 1 })];
        FlowValue[] values = [.. keys.Select(key => new FlowValue { Packets = key.Source * 3ul })];
        flows.Update(keys, values);
        Assert.Equal(keys.Zip(values).ToDictionary(), flows.Elements().ToDictionary());
        Assert.Equal(keys.ToHashSet(), flows.Keys().ToHashSet());
        Assert.Equal(1000, flows.Delete(keys.AsSpan(0, 1000)));
        Assert.Equal(2000, flows.Elements().Count());
        Assert.Equal(0, flows.Delete(keys.AsSpan(0, 5)));
    }

    [Fact]
    public void Longest_prefixes_are_found_by_struct()
    {
        using KernelMap map = KernelMap.Create(new MapSpec { Name = "routes", Type = MapType.LpmTrie, KeySize = 8, ValueSize = 4, MaxEntries = 10, Flags = MapFlags.NoPrealloc });
        TypedMap<Prefix, int> routes = map.As<Prefix, int>();
        routes[new Prefix { Length = 8, Address = 10 }] = 1;
        routes[new Prefix { Length = 16, Address = 10 | 1 << 8 }] = 2;
        Assert.Equal(2, routes[new Prefix { Length = 32, Address = 10 | 1 << 8 | 9 << 24 }]);
        Assert.Equal(1, routes[new Prefix { Length = 32, Address = 10 | 2 << 8 }]);
        Assert.False(routes.TryGet(new Prefix { Length = 32, Address = 11 }, out _));
        Assert.Equal(2, routes.Elements().Count());
    }

    [Fact]
    public void Reading_and_writing_allocate_nothing()
    {
        using KernelCollection collection = RingTrial.Load();
        TypedMap<FlowKey, FlowValue> flows = collection.Maps["flows"].As<FlowKey, FlowValue>();
        TypedMap<uint, FlowValue> totals = collection.Maps["totals"].As<uint, FlowValue>();
        FlowValue[] values = new FlowValue[Processors.Possible];
        long before = 0;
        for (int round = 0; round < 3; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            for (uint i = 0; i < 100; i++)
            {
                flows.Update(new FlowKey { Source = i }, new FlowValue { Packets = i });
                flows.TryGet(new FlowKey { Source = i }, out _);
                totals.TryGet(0, values);
                flows.Delete(new FlowKey { Source = i });
            }
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private record struct FlowKey
    {
        public uint Source;
        public ushort Port;
        public ushort Protocol;
    }

    private record struct Period
    {
        public uint First;
        public uint Last;
    }

    private record struct FlowValue
    {
        public ulong Packets;
        public ulong BytesSeen;
        public Period Seconds;
    }

#pragma warning disable CS0649, IDE1006 // read by the kernel only, and named as in C
    private struct Swapped
    {
        public ulong bytes_seen;
        public ulong packets;
        public Period seconds;
    }

    private struct BackwardPeriod
    {
        public uint Last;
        public uint First;
    }

    private struct Deep
    {
        public ulong Packets;
        public ulong BytesSeen;
        public BackwardPeriod Seconds;
    }

    [StructLayout(LayoutKind.Explicit, Size = 8)]
    private struct Narrow
    {
        [FieldOffset(4)]
        public uint Port;
    }

    private record struct Prefix
    {
        public uint Length;
        public uint Address;
    }
#pragma warning restore CS0649, IDE1006
}
