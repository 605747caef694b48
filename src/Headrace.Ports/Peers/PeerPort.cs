using Headrace.Bytecode;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>A port whose rings are shared with another process, which may come and go.</summary>
/// <param name="spec">What it is opened from.</param>
/// <param name="capabilities">What it can do.</param>
internal abstract class PeerPort<TQueue>(PortSpec spec, PortCapabilities capabilities) : IPacketPort where TQueue : PeerQueue
{
    private readonly List<TQueue> _queues = [];
    private PeerThread? _thread;
    private uint _ifindex;
    private bool _disposed;

    /// <inheritdoc/>
    public PortSpec Spec { get; } = spec;

    /// <inheritdoc/>
    public PortCapabilities Capabilities { get; } = capabilities;

    /// <inheritdoc/>
    public uint Ifindex
    {
        get => _ifindex;
        set
        {
            _ifindex = value;
            foreach (TQueue queue in _queues)
                queue.Ifindex = value;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<PacketQueue> Queues => _queues;

    /// <inheritdoc/>
    public string? DownReason => _thread?.DownReason;

    /// <summary>The queues, as sessions see them.</summary>
    internal IReadOnlyList<TQueue> PeerQueues => _queues;

    /// <summary>How often a peer connected.</summary>
    internal int Connections => _thread?.Connections ?? 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _thread?.Dispose();
        foreach (TQueue queue in _queues)
            queue.Dispose();
        ReleaseMemory();
    }

    /// <summary>Makes the queues and begins to look for the peer.</summary>
    /// <exception cref="PortException">Memory or the socket cannot be had.</exception>
    protected void Open(int queues, Func<int, TQueue> makeQueue, UnixSocketType type, bool listens, Func<UnixSocket, PeerSession> meet)
    {
        try
        {
            for (int i = 0; i < queues; i++)
                _queues.Add(makeQueue(i));
            _thread = new PeerThread(Spec.Name, type, listens, meet);
        }
        catch (HeadraceException error)
        {
            Dispose();
            throw Spec.Fail(error.Message, error);
        }
    }

    /// <summary>Frees memory that the queues had in common.</summary>
    protected virtual void ReleaseMemory() { }
}
