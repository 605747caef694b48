using Headrace.Bytecode;

namespace Headrace.Linux.Tests.Rings;

public class RingBufferReaderTests
{
    public RingBufferReaderTests() => RequiresKernel.OrSkip();

    [Fact]
    public void Records_come_in_order_without_those_that_were_taken_back()
    {
        using KernelCollection collection = RingTrial.Load();
        using var reader = new RingBufferReader(collection.Maps["events"]);
        KernelProgram emit = collection.Programs["emit"];
        Assert.False(reader.Wait(0));
        emit.TestRun(RingTrial.Packet(), repeat: 3);
        emit.TestRun(RingTrial.Packet(odd: true), repeat: 2);
        emit.TestRun(RingTrial.Packet());
        Assert.True(reader.Wait(1000));
        Assert.True(reader.Pending > 0);
        List<ulong> numbers = [];
        Assert.Equal(4, reader.Read(record =>
        {
            Assert.Equal(RingTrial.EventSize, record.Length);
            numbers.Add(RingTrial.SequenceOf(record));
        }));
        Assert.Equal([0ul, 1, 2, 5], numbers);
        Assert.Equal((4, 2, 4 * RingTrial.EventSize, 0), (reader.Records, reader.DiscardedRecords, reader.Bytes, reader.Pending));
        Assert.Equal(0, reader.Read(_ => Assert.Fail("there is no more")));
    }

    [Fact]
    public void What_the_program_could_not_put_in_is_all_that_is_missing_around_the_ring_many_times()
    {
        using KernelCollection collection = RingTrial.Load();
        using var reader = new RingBufferReader(collection.Maps["events"]);
        var checker = new Checker();
        const int Rounds = 40, Burst = 5000;
        for (int round = 0; round < Rounds; round++)
        {
            // Every third round runs over the end of the ring, which holds 14563 events.
            collection.Programs["emit"].TestRun(RingTrial.Packet(), repeat: round % 3 == 0 ? 20_000 : Burst);
            reader.Read(ref checker, limit: round % 7 == 0 ? 1000 : int.MaxValue);
        }
        reader.Read(ref checker);
        Assert.True(checker.InOrder);
        ulong sent = collection.Variables["sequence"].Get<ulong>(), dropped = collection.Variables["dropped"].Get<ulong>();
        Assert.True(dropped > 0, "the ring was never full");
        Assert.Equal((long)(sent - dropped), checker.Count);
        Assert.Equal(checker.Count, reader.Records);
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        using KernelCollection collection = RingTrial.Load();
        using var reader = new RingBufferReader(collection.Maps["events"]);
        var checker = new Checker();
        byte[] packet = RingTrial.Packet();
        for (int round = 0; round < 3; round++)
        {
            collection.Programs["emit"].TestRun(packet, repeat: 10_000);
            long before = GC.GetAllocatedBytesForCurrentThread();
            reader.Wait(100);
            int count = reader.Read(ref checker);
            long after = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(10_000, count);
            Assert.True(round == 0 || after == before, $"{after - before} bytes were allocated for {count} records");
        }
    }

    [Fact]
    public async Task Asynchronous_reading_sees_events_as_they_come_and_ends_when_cancelled()
    {
        using KernelCollection collection = RingTrial.Load();
        using var reader = new RingBufferReader(collection.Maps["events"]);
        using var stop = new CancellationTokenSource();
        const int Bursts = 20, Burst = 500;
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < Bursts; i++)
            {
                collection.Programs["emit"].TestRun(RingTrial.Packet(), repeat: Burst);
                await Task.Delay(5);
            }
        }, TestContext.Current.CancellationToken);
        ulong expected = 0;
        stop.CancelAfter(TimeSpan.FromSeconds(30));
        await foreach (ReadOnlyMemory<byte> record in reader.ReadAllAsync(stop.Token))
        {
            Assert.Equal(expected++, RingTrial.SequenceOf(record.Span));
            if (expected == Bursts * Burst)
                await stop.CancelAsync();
        }
        await writing;
        Assert.Equal(Bursts * Burst, (int)expected);
    }

    [Fact]
    public async Task A_disposed_reader_ends_the_stream()
    {
        using KernelCollection collection = RingTrial.Load();
        var reader = new RingBufferReader(collection.Maps["events"]);
        var reading = Task.Run(async () =>
        {
            await foreach (ReadOnlyMemory<byte> record in reader.ReadAllAsync())
                Assert.Fail("nothing was written");
        }, TestContext.Current.CancellationToken);
        await Task.Delay(50, TestContext.Current.CancellationToken);
        reader.Dispose();
        await reading.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Throws<ObjectDisposedException>(() => reader.Read(_ => { }));
    }

    [Fact]
    public void Another_kind_of_map_is_refused_in_words()
    {
        using KernelCollection collection = RingTrial.Load();
        HeadraceException error = Assert.Throws<HeadraceException>(() => new RingBufferReader(collection.Maps["flows"]));
        Assert.Contains("not a ring buffer", error.Message, StringComparison.Ordinal);
        Assert.Throws<HeadraceException>(() => new PerfEventReader(collection.Maps["events"]));
        Assert.Throws<HeadraceException>(() => new UserRingBufferWriter(collection.Maps["events"]));
    }

    private struct Checker : IRecordConsumer
    {
        private ulong _next;
        private bool _outOfOrder;

        public long Count;

        public readonly bool InOrder => !_outOfOrder;

        public void Consume(ReadOnlySpan<byte> record)
        {
            ulong number = RingTrial.SequenceOf(record);
            _outOfOrder |= number < _next;
            _next = number + 1;
            Count++;
        }
    }
}
