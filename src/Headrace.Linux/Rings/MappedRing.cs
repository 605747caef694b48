using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>The shared memory of a ring buffer or user ring buffer map: two positions and the records (kernel documentation, bpf/ringbuf.rst).</summary>
internal sealed unsafe class MappedRing : IDisposable
{
    public const int HeaderSize = 8; // struct bpf_ringbuf_hdr
    public const uint Busy = 1u << 31, Discarded = 1u << 30; // BPF_RINGBUF_BUSY_BIT, BPF_RINGBUF_DISCARD_BIT
    public const uint LengthMask = ~(Busy | Discarded);

    private readonly Mapping _consumer;
    private readonly Mapping _producer;

    /// <summary>Maps it.</summary>
    /// <param name="map">The map.</param>
    /// <param name="writesRecords">Whether we are the producer; otherwise we are the consumer. The other side's pages are read only.</param>
    /// <param name="subject">What errors call it.</param>
    /// <exception cref="KernelException">The kernel refused to share its memory.</exception>
    public MappedRing(KernelMap map, bool writesRecords, string subject)
    {
        nuint page = (nuint)Environment.SystemPageSize;
        nuint size = map.GetInfo().MaxEntries;
        _consumer = Mapping.Of(map.Descriptor, page, 0, writable: !writesRecords, subject);
        try
        {
            // The kernel maps the data twice in a row, so that no record is ever in two pieces.
            _producer = Mapping.Of(map.Descriptor, page + 2 * size, (long)page, writable: writesRecords, subject);
        }
        catch
        {
            _consumer.Dispose();
            throw;
        }
        Consumed = (ulong*)_consumer.Address;
        Produced = (ulong*)_producer.Address;
        Data = _producer.Address + page;
        Mask = size - 1;
    }

    /// <summary>Where the consumer is, in bytes since the beginning.</summary>
    public ulong* Consumed { get; }

    /// <summary>Where the producer is, in bytes since the beginning.</summary>
    public ulong* Produced { get; }

    /// <summary>The records: twice the ring's size.</summary>
    public byte* Data { get; }

    /// <summary>The ring's size in bytes less one.</summary>
    public ulong Mask { get; }

    /// <summary>What a record takes, header and padding included, in bytes.</summary>
    public static ulong SpaceOf(uint length) => ((ulong)length + HeaderSize + 7) & ~7ul;

    /// <inheritdoc/>
    public void Dispose()
    {
        _consumer.Dispose();
        _producer.Dispose();
    }
}
