using System.Runtime.CompilerServices;
using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Reads what programs send with <c>bpf_perf_event_output</c>, a ring a processor; the kernel counts what did not fit.</summary>
/// <remarks>
/// One reader a map, one thread a reader. Reading allocates nothing. Records of different processors come in no order. The length of a record
/// is rounded up by the kernel so that with its 4-byte length it fills whole 8 bytes. Layout: perf_event_open(2).
/// </remarks>
public sealed unsafe class PerfEventReader : IDisposable
{
    private readonly KernelMap _map;
    private readonly PerfRing[] _rings;
    private readonly Descriptor[] _descriptors;
    private RingWaiter? _waiter;
    private bool _disposed;

    /// <summary>Starts reading a map of type <see cref="MapType.PerfEventArray"/>: its entries become this reader's.</summary>
    /// <param name="map">The map, which stays the caller's to dispose of, after the reader.</param>
    /// <param name="pages">Pages of a processor's ring, a power of two.</param>
    /// <exception cref="HeadraceException">It is no array of perf events.</exception>
    /// <exception cref="KernelException">The kernel refused (<c>CAP_PERFMON</c> may be missing).</exception>
    public PerfEventReader(KernelMap map, int pages = 64)
    {
        if (map.Type != MapType.PerfEventArray)
            throw new HeadraceException($"map '{map.Name}' is of type {map.Type}, not an array of perf events");
        if (pages <= 0 || !System.Numerics.BitOperations.IsPow2(pages))
            throw new ArgumentOutOfRangeException(nameof(pages), pages, "a ring has a number of pages that is a power of two");
        _map = map;
        List<PerfRing> rings = [];
        try
        {
            foreach (int processor in Processors.Online())
            {
                if (processor < map.Spec.MaxEntries || map.Spec.MaxEntries == 0)
                    rings.Add(PerfRing.Open(map, processor, pages));
            }
        }
        catch
        {
            rings.ForEach(ring => ring.Dispose());
            throw;
        }
        _rings = [.. rings];
        _descriptors = [.. rings.Select(ring => ring.Descriptor)];
    }

    /// <summary>Records read so far.</summary>
    public long Records => _rings.Sum(ring => ring.Records);

    /// <summary>Records that the kernel could not put in because a ring was full, as far as it has told: it tells when there is room again.</summary>
    public long Lost => _rings.Sum(ring => ring.Lost);

    /// <summary>Takes what is there, processor by processor, and returns.</summary>
    /// <param name="consumer">Takes each record. If it throws, the record counts as taken.</param>
    /// <returns>How many it took.</returns>
    public int Read<T>(ref T consumer) where T : struct, IRecordConsumer
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int count = 0;
        foreach (PerfRing ring in _rings)
            count += ring.Read(ref consumer);
        return count;
    }

    /// <summary>Takes what is there, processor by processor, and returns.</summary>
    /// <param name="handler">Takes each record. If it throws, the record counts as taken.</param>
    /// <returns>How many it took.</returns>
    public int Read(RecordHandler handler)
    {
        var consumer = new DelegateConsumer(handler);
        return Read(ref consumer);
    }

    /// <summary>Waits until there is something to read; at most this long (-1: for ever). It may return early.</summary>
    /// <returns>True when there is something.</returns>
    public bool Wait(int milliseconds)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return RingWaiter.Wait(_descriptors, milliseconds);
    }

    /// <summary>Every record from now on, until cancelled or disposed of; ends then without an error.</summary>
    /// <returns>Records whose memory is valid until the next one is asked for.</returns>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        _waiter ??= new RingWaiter(_descriptors);
        while (!cancellation.IsCancellationRequested && !_disposed)
        {
            bool any = false;
            foreach (PerfRing ring in _rings)
            {
                while (!_disposed && ring.TryTake(out ReadOnlyMemory<byte> record))
                {
                    any = true;
                    yield return record;
                }
            }
            if (!any && !await _waiter.WaitAsync(cancellation).ConfigureAwait(false))
                yield break;
        }
    }

    /// <summary>Stops reading; the map's entries are empty again.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _waiter?.Dispose();
        foreach (PerfRing ring in _rings)
        {
            _map.TryDelete(BitConverter.GetBytes(ring.Processor));
            ring.Dispose();
        }
    }
}
