using Headrace.Ports.Sys;
using Microsoft.Win32.SafeHandles;

namespace Headrace.Ports;

/// <summary>The client's side of a memif connection: announces its memory and rings, one message at a time, each answered.</summary>
internal sealed class MemifClientSession : PeerSession
{
    private readonly MemifPort _port;
    private readonly MemifClientMemory _memory;
    private readonly MemifConnection _connection;
    private readonly List<SafeFileHandle> _descriptors = [];
    private readonly Queue<(MemifMessage Message, SafeFileHandle? Descriptor)> _toSay = [];
    private bool _isGreeted;
    private int _rings;

    /// <summary>Makes the session of a connection that was made.</summary>
    public MemifClientSession(UnixSocket socket, MemifPort port, MemifClientMemory memory) : base(socket)
    {
        _port = port;
        _memory = memory;
        _connection = new MemifConnection(this);
    }

    /// <inheritdoc/>
    public override bool Receive()
    {
        var message = default(MemifMessage);
        int length = Socket.Receive(message.Data, _descriptors, out bool truncated);
        foreach (SafeFileHandle descriptor in _descriptors)
            descriptor.Dispose();
        _descriptors.Clear();
        if (length <= 0)
            return length < 0;
        if (length != MemifMessage.Size || truncated)
            throw new ControlException($"it sent a message of {length} bytes; all have {MemifMessage.Size}");
        Handle(ref message);
        return true;
    }

    /// <inheritdoc/>
    public override void Refuse(string reason) => _ = Socket.Send(MemifMessage.Disconnect(reason).Data);

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (Established)
        {
            foreach (MemifQueue queue in _port.PeerQueues)
                queue.Detach();
        }
        _connection.Release();
        base.Dispose();
    }

    private void Handle(ref MemifMessage message)
    {
        switch (message.Type)
        {
            case MemifMessageType.Disconnect:
                throw new ControlException($"it left: {message.Reason}");
            case MemifMessageType.Hello when !_isGreeted:
                Greet(ref message);
                SayNext();
                break;
            case MemifMessageType.Ack when _isGreeted && _toSay.Count > 0:
                SayNext();
                break;
            case MemifMessageType.Connected when _isGreeted && _toSay.Count == 0 && !Established:
                Attach();
                break;
            default:
                throw new ControlException($"it sent {message.Type} out of turn");
        }
    }

    private void Greet(ref MemifMessage message)
    {
        _isGreeted = true;
        if (message.HelloMinVersion > MemifMessage.Version || message.HelloMaxVersion < MemifMessage.Version)
            throw new ControlException($"it speaks versions {message.HelloMinVersion >> 8}.{message.HelloMinVersion & 255} to {message.HelloMaxVersion >> 8}.{message.HelloMaxVersion & 255}, this port 2.0");
        if (message.HelloMaxLog2Ring < _memory.Log2Ring)
            throw new ControlException($"it takes rings of up to 2^{message.HelloMaxLog2Ring} descriptors; this port was opened with ring={1 << _memory.Log2Ring}");
        _rings = Math.Min(_port.PeerQueues.Count, Math.Min(message.HelloMaxToServerRing, message.HelloMaxToClientRing) + 1);
        _toSay.Enqueue((MemifMessage.Init(_port.Id, _port.Secret, "headrace"), null));
        _toSay.Enqueue((MemifMessage.AddRegion(0, _memory.Shared.Length), _memory.Descriptor));
        foreach (bool toServer in (ReadOnlySpan<bool>)[true, false])
        {
            for (int i = 0; i < _rings; i++)
            {
                MemifRing ring = _memory.MakeRing(i, toServer, out uint offset);
                (toServer ? _connection.ToServer : _connection.ToClient).Add(ring);
                _toSay.Enqueue((MemifMessage.AddRing(toServer, (ushort)i, 0, offset, _memory.Log2Ring), ring.Interrupt.Handle));
            }
        }
        _toSay.Enqueue((MemifMessage.Connect(_port.Spec.Text), null));
    }

    private void SayNext()
    {
        (MemifMessage message, SafeFileHandle? descriptor) = _toSay.Dequeue();
        if (!(descriptor is null ? Socket.Send(message.Data) : Socket.Send(message.Data, descriptor)))
            throw new ControlException("it closed the connection or does not read");
    }

    private void Attach()
    {
        for (int i = 0; i < _rings; i++)
            _port.PeerQueues[i].Attach(_connection, _connection.ToClient[i], _connection.ToServer[i]);
        Established = true;
    }
}
