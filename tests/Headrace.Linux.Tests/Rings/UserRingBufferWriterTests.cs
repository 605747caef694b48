namespace Headrace.Linux.Tests.Rings;

public class UserRingBufferWriterTests
{
    public UserRingBufferWriterTests() => RequiresKernel.OrSkip();

    [Fact]
    public void Programs_take_what_is_written_around_the_ring_many_times()
    {
        using KernelCollection collection = RingTrial.Load();
        using var writer = new UserRingBufferWriter(collection.Maps["orders"]);
        ulong sum = 0, written = 0;
        for (ulong i = 0; i < 30_000; i++)
        {
            while (!writer.TryWrite(i))
                collection.Programs["drain"].TestRun(RingTrial.Packet());
            sum += i;
            written++;
        }
        Drain(collection, written);
        Assert.Equal((sum, written), (collection.Variables["sum"].Get<ulong>(), collection.Variables["ordered"].Get<ulong>()));
    }

    [Fact]
    public void A_full_ring_says_so_and_what_is_discarded_never_arrives()
    {
        using KernelCollection collection = RingTrial.Load();
        using var writer = new UserRingBufferWriter(collection.Maps["orders"]);
        Assert.True(writer.TryReserve(8, out Span<byte> record));
        Assert.Equal(8, record.Length);
        Assert.Throws<InvalidOperationException>(() => writer.TryReserve(8, out _));
        writer.Discard();
        Assert.Throws<InvalidOperationException>(writer.Submit);
        ulong count = 0;
        while (writer.TryWrite(1ul))
            count++;
        Assert.Equal((1ul << 16) / 16 - 1, count);
        Assert.False(writer.TryReserve(1 << 17, out _));
        Drain(collection, count);
        Assert.Equal(count, collection.Variables["sum"].Get<ulong>());
        Assert.True(writer.TryWrite(1ul));
    }

    // One drain takes a bounded number of records (BPF_MAX_USER_RINGBUF_SAMPLES).
    private static void Drain(KernelCollection collection, ulong count)
    {
        for (int i = 0; i < 10 && collection.Variables["ordered"].Get<ulong>() < count; i++)
            collection.Programs["drain"].TestRun(RingTrial.Packet());
    }
}
