using Headrace.Bytecode;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>Our reader of ring buffers beside libbpf's in C: a full ring taken at once, and events as fast as live frames make them.</summary>
public sealed class RingBufferBenchmark() : Benchmark("ringbuf", "reading a ring buffer beside libbpf's reader in C: a full ring, and an event a packet at the live-frames rate")
{
    private const string Object = "ringbuf.bpf.o";
    private const int Rounds = 7;
    private const int Filling = 200_000; // of 64 + 8 bytes in 16 MiB
    private const int LiveFrames = 1 << 20;
    private const int PollMilliseconds = 20;

    /// <inheritdoc/>
    public override IReadOnlyList<BenchmarkRow> Run(TextWriter notes)
    {
        if (!Kernel.IsAvailable(out string reason))
            throw new HeadraceException(reason);
        int[] processors = [.. Processors.Online()];
        int generator = processors[0], reader = processors[^1];
        if (generator == reader)
            notes.WriteLine("one processor only: reader and generator take turns");
        using KernelCollection collection = KernelCollection.Load(Spec());
        using CPeer? peer = CPeer.TryStartLibbpf(reader, out string missing);
        if (peer is null)
            notes.WriteLine($"libbpf is not measured: {missing}");
        peer?.Ask($"ring {collection.Maps["events"].Id}");
        using IDisposable pinned = Processors.Pin(reader);

        List<double> ours = [], theirs = [], ourLive = [], theirLive = [], ourCost = [], theirCost = [];
        long allocated = 0;
        ulong lost = 0, theirLost = 0;
        for (int round = 0; round < Rounds; round++)
        {
            ours.Add(Drain(collection, Fill(collection), ref allocated, count: round > 0));
            if (peer is not null)
            {
                ulong filled = Fill(collection);
                theirs.Add(Rate(CPeer.Numbers(peer.Ask("drain")), filled));
            }
            Live one = OurLive(collection, generator);
            Add(ourLive, ourCost, one);
            lost += one.Lost;
            if (peer is null)
                continue;
            Live other = TheirLive(collection, generator, peer);
            Add(theirLive, theirCost, other);
            theirLost += other.Lost;
        }
        notes.WriteLine($"{allocated} bytes were allocated while reading {(Rounds - 1) * Filling} records after the first round");
        notes.WriteLine($"records missing beyond what the program counted as dropped: ours {lost}, libbpf's {theirLost}");
        return
        [
            BenchmarkRow.Of("full ring taken at once", Median(ours), Peer(theirs), "M/s"),
            BenchmarkRow.Of("events at the live-frames rate", Median(ourLive), Peer(theirLive), "M/s"),
            BenchmarkRow.Of("processor time an event, live", ourCost.Min(), theirCost.Count == 0 ? null : theirCost.Min(), "ns"),
            new BenchmarkRow("bytes allocated an event", (double)allocated / ((Rounds - 1) * Filling), null, "bytes", null),
        ];
    }

    private static void Add(List<double> rates, List<double> costs, Live live)
    {
        rates.Add(live.Records * 1000.0 / live.Nanoseconds);
        costs.Add(live.ReaderNanoseconds / Math.Max(live.Records, 1));
    }

    // A test run that a signal interrupts starts again: the program knows how many records there are.
    private static ulong Fill(KernelCollection collection)
    {
        ulong before = Counted(collection).Sent;
        collection.Programs["emit"].TestRun(new byte[64], Filling);
        return Counted(collection).Sent - before;
    }

    private static double Drain(KernelCollection collection, ulong filled, ref long allocated, bool count)
    {
        using var reader = new RingBufferReader(collection.Maps["events"]);
        var consumer = new Summing();
        long before = GC.GetAllocatedBytesForCurrentThread(), start = System.Diagnostics.Stopwatch.GetTimestamp();
        reader.Read(ref consumer);
        double nanoseconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        if (count)
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        return Rate([consumer.Records, nanoseconds], filled);
    }

    private static Live OurLive(KernelCollection collection, int generator)
    {
        using var reader = new RingBufferReader(collection.Maps["events"]);
        (ulong sentBefore, ulong droppedBefore) = Counted(collection);
        Generation generation = Generate(collection, generator);
        var consumer = new Summing();
        long start = ThreadClock.Nanoseconds;
        bool ended;
        do
        {
            ended = generation.HasEnded; // before the last look at the ring
            reader.Wait(ended ? 0 : PollMilliseconds);
        }
        while (reader.Read(ref consumer) > 0 || !ended);
        double used = ThreadClock.Nanoseconds - start;
        return Result(collection, generation, sentBefore, droppedBefore, consumer.Records, used);
    }

    private static Live TheirLive(KernelCollection collection, int generator, CPeer peer)
    {
        (ulong sentBefore, ulong droppedBefore) = Counted(collection);
        if (peer.Ask("live") != "go")
            throw new HeadraceException("the libbpf peer did not start to read");
        Generation generation = Generate(collection, generator);
        generation.Thread.Join();
        double[] answer = CPeer.Numbers(peer.Ask("end"));
        return Result(collection, generation, sentBefore, droppedBefore, (long)answer[0], answer[1]);
    }

    private static Live Result(KernelCollection collection, Generation generation, ulong sentBefore, ulong droppedBefore, long records, double used)
    {
        generation.Thread.Join();
        (ulong sent, ulong dropped) = Counted(collection);
        ulong all = sent - sentBefore + (dropped - droppedBefore);
        if (all != LiveFrames)
            throw new HeadraceException($"the kernel ran the program {all} times instead of {LiveFrames}");
        return new Live(records, generation.Nanoseconds, used, sent - sentBefore - (ulong)records);
    }

    private static Generation Generate(KernelCollection collection, int processor)
    {
        var generation = new Generation();
        generation.Thread = new Thread(() =>
        {
            using IDisposable pinned = Processors.Pin(processor);
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            collection.Programs["emit"].SendFrames(new byte[64], LiveFrames, device: null);
            generation.Nanoseconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalNanoseconds;
            generation.HasEnded = true;
        });
        generation.Thread.Start();
        return generation;
    }

    private static (ulong Sent, ulong Dropped) Counted(KernelCollection collection) =>
        (collection.Variables["sequence"].Get<ulong>(), collection.Variables["dropped"].Get<ulong>());

    private static double Rate(double[] figures, ulong expected) => figures[0] == expected
        ? figures[0] * 1000 / figures[1]
        : throw new HeadraceException($"a ring with {expected} records gave {figures[0]}");

    private static CollectionSpec Spec()
    {
        using Stream stream = typeof(RingBufferBenchmark).Assembly.GetManifestResourceStream(Object)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return CollectionSpec.Parse(bytes, Object);
    }

    private static double Median(List<double> figures) => figures.Order().ElementAt(figures.Count / 2);

    private static double? Peer(List<double> figures) => figures.Count == 0 ? null : Median(figures);

    private sealed class Generation
    {
        public Thread Thread = null!;
        public double Nanoseconds;
        public volatile bool HasEnded;
    }

    private readonly record struct Live(long Records, double Nanoseconds, double ReaderNanoseconds, ulong Lost);

    // What the peer's callback does: counts, and looks at the record's first word.
    private struct Summing : IRecordConsumer
    {
        public long Records;
        public ulong Sum;

        public void Consume(ReadOnlySpan<byte> record)
        {
            Records++;
            Sum += System.Runtime.InteropServices.MemoryMarshal.Read<ulong>(record);
        }
    }
}
