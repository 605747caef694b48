using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>One connection to a peer, from the first byte to the last. Used by the <see cref="PeerThread"/> alone, but for <see cref="Fail"/>.</summary>
internal abstract class PeerSession(UnixSocket socket) : IDisposable
{
    private string? _fault;

    /// <summary>The connection.</summary>
    public UnixSocket Socket { get; } = socket;

    /// <summary>True once packets can move: from then on the peer may be silent for as long as it likes.</summary>
    public bool Established { get; protected set; }

    /// <summary>True where a peer connects long before it has anything to say, as a guest that has not booted does.</summary>
    public virtual bool MayStayUnestablished => false;

    /// <summary>True when the peer took memory away that it shares. Asked now and then.</summary>
    public virtual bool HasLostMemory => false;

    /// <summary>What a worker found wrong with the peer's memory; null while all is well.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    /// <summary>Wakes the thread of the session; set by that thread.</summary>
    public Action Wake { get; set; } = () => { };

    /// <summary>Says the first word, when it is ours to say.</summary>
    public virtual void Start() { }

    /// <summary>Reads what has arrived.</summary>
    /// <returns>False when the peer has closed the connection.</returns>
    /// <exception cref="ControlException">The peer broke a rule.</exception>
    public abstract bool Receive();

    /// <summary>Tells the peer why it is left, where the protocol has words for it.</summary>
    public virtual void Refuse(string reason) { }

    /// <summary>Asks for the end of this connection, from any thread. The first reason stays.</summary>
    public void Fail(string reason)
    {
        if (Interlocked.CompareExchange(ref _fault, reason, null) is null)
            Wake();
    }

    /// <summary>Takes the connection away from the queues and closes it.</summary>
    public virtual void Dispose() => Socket.Dispose();
}
