namespace Headrace.Linux.Tests.Rings;

public class PerfEventReaderTests
{
    // With its 4-byte length a record fills whole 8 bytes: 64 become 68.
    private const int Rounded = RingTrial.EventSize + 4;

    public PerfEventReaderTests() => RequiresKernel.OrSkip();

    [Fact]
    public void What_the_kernel_lost_is_all_that_is_missing()
    {
        using KernelCollection collection = RingTrial.Load();
        using var reader = new PerfEventReader(collection.Maps["reports"], pages: 8);
        long taken = 0;
        void Take(ReadOnlySpan<byte> record)
        {
            Assert.Equal(Rounded, record.Length);
            taken++;
        }
        Assert.False(reader.Wait(0));
        for (int round = 0; round < 50; round++)
        {
            // 8 pages hold 409 records: every fifth round is too long.
            collection.Programs["report"].TestRun(RingTrial.Packet(), repeat: round % 5 == 0 ? 1000 : 300);
            Assert.True(reader.Wait(1000));
            reader.Read(Take);
        }
        // The kernel tells of losses with the next record: one on every processor.
        foreach (int processor in Processors.Online())
        {
            var thread = new Thread(() =>
            {
                using IDisposable pinned = PinTo(processor);
                collection.Programs["report"].TestRun(RingTrial.Packet());
            });
            thread.Start();
            thread.Join();
        }
        reader.Read(Take);
        ulong sent = collection.Variables["sequence"].Get<ulong>();
        Assert.True(reader.Lost > 0, "no ring was ever full");
        Assert.Equal((long)sent, taken + reader.Lost);
        Assert.Equal((ulong)reader.Lost, collection.Variables["dropped"].Get<ulong>());
        Assert.Equal(taken, reader.Records);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        using KernelCollection collection = RingTrial.Load();
        using var reader = new PerfEventReader(collection.Maps["reports"]);
        var counter = new Counter();
        byte[] packet = RingTrial.Packet();
        for (int round = 0; round < 3; round++)
        {
            collection.Programs["report"].TestRun(packet, repeat: 1000);
            long before = GC.GetAllocatedBytesForCurrentThread();
            reader.Wait(100);
            int count = reader.Read(ref counter);
            long after = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(1000, count);
            Assert.True(round == 0 || after == before, $"{after - before} bytes were allocated for {count} records");
        }
    }

    [Fact]
    public async Task Asynchronous_reading_sees_every_event_and_its_number()
    {
        using KernelCollection collection = RingTrial.Load();
        using var reader = new PerfEventReader(collection.Maps["reports"], pages: 64);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                collection.Programs["report"].TestRun(RingTrial.Packet(), repeat: 200);
                await Task.Delay(5);
            }
        }, TestContext.Current.CancellationToken);
        HashSet<ulong> seen = [];
        await foreach (ReadOnlyMemory<byte> record in reader.ReadAllAsync(stop.Token))
        {
            Assert.True(seen.Add(RingTrial.SequenceOf(record.Span)));
            if (seen.Count == 4000)
                await stop.CancelAsync();
        }
        await writing;
        Assert.Equal(4000, seen.Count);
        Assert.Equal(0, reader.Lost);
    }

    private static IDisposable PinTo(int processor) => Processors.Pin(processor);

    private struct Counter : IRecordConsumer
    {
        public long Count;

        public void Consume(ReadOnlySpan<byte> record) => Count++;
    }
}
