namespace Headrace.Ports;

/// <summary>A queue of a memif port: a ring each way, in memory that belongs to the client.</summary>
internal abstract unsafe class MemifQueue : PeerQueue
{
    /// <summary>The connection there is; null while there is none. Changes only while the gate is shut.</summary>
    protected MemifConnection? Connection { get; private set; }

    /// <summary>The ring it receives from; null without a connection or after a fault.</summary>
    protected MemifRing? Receiving { get; private set; }

    /// <summary>The ring it sends to; null without a connection or after a fault.</summary>
    protected MemifRing? Sending { get; private set; }

    /// <summary>Starts to use a connection. Called by the control thread.</summary>
    public void Attach(MemifConnection connection, MemifRing? receiving, MemifRing? sending)
    {
        Gate.Shut();
        (Connection, Receiving, Sending) = (connection, receiving, sending);
        OnAttached();
        Gate.Open();
    }

    /// <summary>Stops using it: when this returns, the worker touches no ring any more. Called by the control thread.</summary>
    public void Detach()
    {
        Gate.Shut();
        if (Connection is { } connection)
            OnDetaching(connection);
        (Connection, Receiving, Sending) = (null, null, null);
        Gate.Open();
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        if (!Gate.TryEnter())
            return;
        // What was published must be visible before the flag is read: else the reader could fall asleep over it.
        if (Sending is { } ring)
        {
            Thread.MemoryBarrier();
            if (ring.WantsInterrupt && TakeUnsignalled())
                ring.Interrupt.Signal();
        }
        Gate.Exit();
    }

    /// <summary>Runs with the gate shut, when a connection has come.</summary>
    protected abstract void OnAttached();

    /// <summary>Runs with the gate shut, when a connection is about to go.</summary>
    protected abstract void OnDetaching(MemifConnection connection);

    /// <summary>True once after something was sent.</summary>
    protected abstract bool TakeUnsignalled();

    /// <summary>Gives up the connection because of what the peer wrote into memory.</summary>
    protected void Fault(string reason)
    {
        Connection?.Session.Fail(reason);
        Receiving = null;
        Sending = null;
    }
}
