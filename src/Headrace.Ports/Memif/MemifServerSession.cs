using Headrace.Ports.Sys;
using Microsoft.Win32.SafeHandles;

namespace Headrace.Ports;

/// <summary>The server's side of a memif connection: says what it takes, then maps what the client announces.</summary>
internal sealed class MemifServerSession : PeerSession
{
    // Address space, not memory: a client that announces more is not meant well.
    private const ulong MaxShared = 1UL << 40;

    private readonly MemifPort _port;
    private readonly MemifConnection _connection;
    private readonly List<SafeFileHandle> _descriptors = [];
    private ulong _shared;
    private bool _isIntroduced;

    /// <summary>Makes the session of a connection that was accepted.</summary>
    public MemifServerSession(UnixSocket socket, MemifPort port) : base(socket)
    {
        _port = port;
        _connection = new MemifConnection(this);
    }

    /// <inheritdoc/>
    public override bool HasLostMemory => _connection.IsLost;

    /// <inheritdoc/>
    public override void Start() => Send(MemifMessage.Hello("headrace", MemifConnection.MaxRegions, _port.PeerQueues.Count, MemifRing.MaxLog2Size));

    /// <inheritdoc/>
    public override bool Receive()
    {
        var message = default(MemifMessage);
        int length = Socket.Receive(message.Data, _descriptors, out bool truncated);
        try
        {
            if (length <= 0)
                return length < 0;
            if (length != MemifMessage.Size || truncated)
                throw new ControlException($"it sent a message of {length} bytes; all have {MemifMessage.Size}");
            Handle(ref message);
            return true;
        }
        finally
        {
            foreach (SafeFileHandle descriptor in _descriptors)
                descriptor.Dispose();
            _descriptors.Clear();
        }
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
        if (Established && message.Type != MemifMessageType.Disconnect)
            throw new ControlException($"it sent {message.Type} after the handshake");
        if (!_isIntroduced && message.Type is not (MemifMessageType.Init or MemifMessageType.Disconnect))
            throw new ControlException($"it sent {message.Type} before INIT");
        switch (message.Type)
        {
            case MemifMessageType.Init:
                Init(ref message);
                Send(MemifMessage.Ack());
                break;
            case MemifMessageType.AddRegion:
                AddRegion(ref message);
                Send(MemifMessage.Ack());
                break;
            case MemifMessageType.AddRing:
                AddRing(ref message);
                Send(MemifMessage.Ack());
                break;
            case MemifMessageType.Connect:
                Connect();
                Send(MemifMessage.Connected(_port.Spec.Text));
                break;
            case MemifMessageType.Disconnect:
                throw new ControlException($"it left: {message.Reason}");
            default:
                throw new ControlException($"it sent a message of type {(int)message.Type}");
        }
    }

    private void Init(ref MemifMessage message)
    {
        if (_isIntroduced)
            throw new ControlException("it sent INIT twice");
        if (message.InitVersion != MemifMessage.Version)
            throw new ControlException($"it speaks version {message.InitVersion >> 8}.{message.InitVersion & 255}, this port 2.0");
        if (message.InitId != _port.Id)
            throw new ControlException($"it asks for interface id {message.InitId}, this port has id {_port.Id} (id=N)");
        if (message.InitMode != 0)
            throw new ControlException("it wants another mode than Ethernet");
        if (_port.Secret.Length > 0 && message.InitSecret != _port.Secret)
            throw new ControlException("it does not know the secret");
        _isIntroduced = true;
    }

    private void AddRegion(ref MemifMessage message)
    {
        if (_descriptors.Count != 1)
            throw new ControlException($"it announced a region with {_descriptors.Count} descriptors; it takes one");
        if (message.RegionIndex != _connection.Regions || _connection.Regions == MemifConnection.MaxRegions)
            throw new ControlException($"it announced region {message.RegionIndex}, expected {_connection.Regions} of at most {MemifConnection.MaxRegions}");
        if (message.RegionSize > MaxShared - _shared)
            throw new ControlException($"it announced a region of {message.RegionSize} bytes; all may have {MaxShared}");
        _connection.AddRegion(SharedMemory.Map(_descriptors[0], (nuint)message.RegionSize));
        _shared += message.RegionSize;
    }

    private unsafe void AddRing(ref MemifMessage message)
    {
        var rings = message.RingIsToServer ? _connection.ToServer : _connection.ToClient;
        if (_descriptors.Count != 1)
            throw new ControlException($"it announced a ring with {_descriptors.Count} descriptors; it takes one");
        if (message.RingIndex != rings.Count || rings.Count == _port.PeerQueues.Count)
            throw new ControlException($"it announced ring {message.RingIndex}, expected {rings.Count} of at most {_port.PeerQueues.Count} (queues=N)");
        if (message.RingLog2Size > MemifRing.MaxLog2Size)
            throw new ControlException($"it announced a ring of 2^{message.RingLog2Size} descriptors; 2^{MemifRing.MaxLog2Size} is the most");
        byte* address = _connection.Find(message.RingRegion, message.RingOffset, (uint)MemifRing.Bytes(message.RingLog2Size));
        if (address == null || message.RingOffset % 8 != 0)
            throw new ControlException($"ring {message.RingIndex} does not lie in region {message.RingRegion}, or at an odd place");
        var interrupt = EventDescriptor.Take(_descriptors[0]);
        _descriptors.Clear();
        var ring = new MemifRing(address, message.RingLog2Size, interrupt);
        rings.Add(ring);
        if (!ring.HasCookie)
            throw new ControlException($"ring {message.RingIndex} does not begin with memif's cookie");
    }

    private void Connect()
    {
        if (_connection.ToServer.Count == 0 && _connection.ToClient.Count == 0)
            throw new ControlException("it wants to connect without a ring");
        foreach (MemifRing ring in _connection.ToServer)
            ring.WantsInterrupt = false;
        for (int i = 0; i < _port.PeerQueues.Count; i++)
        {
            MemifRing? receiving = i < _connection.ToServer.Count ? _connection.ToServer[i] : null;
            _port.PeerQueues[i].Attach(_connection, receiving, i < _connection.ToClient.Count ? _connection.ToClient[i] : null);
        }
        Established = true;
    }

    private void Send(MemifMessage message)
    {
        if (!Socket.Send(message.Data))
            throw new ControlException("it closed the connection or does not read");
    }
}
