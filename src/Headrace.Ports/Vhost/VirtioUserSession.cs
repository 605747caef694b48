using System.Buffers.Binary;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>The driver's side of a vhost-user connection: negotiates with a device in another process and tells it of our memory and rings.</summary>
internal sealed unsafe class VirtioUserSession : PeerSession
{
    private const ulong Wanted = VirtioFeatures.Version1 | VirtioFeatures.AnyLayout | VirtioFeatures.MergeableBuffers | VirtioFeatures.MultiQueue | VirtioFeatures.ProtocolFeatures;
    private const ulong ProtocolWanted = VirtioFeatures.ProtocolMultiQueue | VirtioFeatures.ProtocolReplyAck | VirtioFeatures.ProtocolStatus;
    private const ulong DriverOk = 1 | 2 | 4 | 8; // ACKNOWLEDGE, DRIVER, DRIVER_OK, FEATURES_OK: virtio 1.2, 2.1

    private readonly VirtioUserPort _port;
    private readonly VirtioUserMemory _memory;
    private readonly VhostMessage _message;
    private readonly List<EventDescriptor> _events = [];
    private readonly List<DriverSide> _sides = [];
    private VhostRequest _awaited;
    private ulong _features;
    private ulong _protocolFeatures;
    private int _queues = 1;

    public VirtioUserSession(UnixSocket socket, VirtioUserPort port, VirtioUserMemory memory) : base(socket)
    {
        _port = port;
        _memory = memory;
        _message = new VhostMessage(socket);
    }

    /// <inheritdoc/>
    public override void Start()
    {
        Say(VhostRequest.SetOwner, []);
        Ask(VhostRequest.GetFeatures);
    }

    /// <inheritdoc/>
    public override bool Receive()
    {
        if (!_message.Receive(out bool isWhole))
            return false;
        if (!isWhole)
            return true;
        if (!_message.IsReply || _message.Request != _awaited)
            throw new ControlException($"it sent {_message.Request} where {(_awaited == VhostRequest.None ? "nothing" : $"an answer to {_awaited}")} was expected");
        _awaited = VhostRequest.None;
        Handle();
        _message.Next();
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (VirtioUserQueue queue in _port.PeerQueues)
            queue.Attach(null);
        foreach (EventDescriptor descriptor in _events)
            descriptor.Dispose();
        _message.Dispose();
        base.Dispose();
    }

    private void Handle()
    {
        switch (_message.Request)
        {
            case VhostRequest.GetFeatures:
                Choose(_message.Number());
                if ((_features & VirtioFeatures.ProtocolFeatures) != 0)
                    Ask(VhostRequest.GetProtocolFeatures);
                else
                    SetUp();
                break;
            case VhostRequest.GetProtocolFeatures:
                _protocolFeatures = _message.Number() & ProtocolWanted;
                Say(VhostRequest.SetProtocolFeatures, _protocolFeatures);
                if ((_protocolFeatures & VirtioFeatures.ProtocolMultiQueue) != 0)
                    Ask(VhostRequest.GetQueueNumber);
                else
                    SetUp();
                break;
            case VhostRequest.GetQueueNumber:
                _queues = (int)Math.Clamp(_message.Number(), 1, (ulong)_port.PeerQueues.Count);
                SetUp();
                break;
            default:
                if (_message.Number() != 0)
                    throw new ControlException($"it refused {_message.Request}");
                Attach();
                break;
        }
    }

    private void Choose(ulong offered)
    {
        _features = offered & (Wanted | (_port.IsPacked ? VirtioFeatures.Packed : 0));
        if ((_features & VirtioFeatures.Version1) == 0)
            throw new ControlException("it does not know virtio 1.0");
        if (_port.IsPacked && (_features & VirtioFeatures.Packed) == 0)
            throw new ControlException("it has no packed rings; packed=no takes split ones");
    }

    private void SetUp()
    {
        Say(VhostRequest.SetFeatures, _features);
        Span<byte> table = stackalloc byte[8 + 32];
        table.Clear();
        table[0] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(table[8..], VirtioUserMemory.GuestBase);
        BinaryPrimitives.WriteUInt64LittleEndian(table[16..], _memory.Shared.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(table[24..], VirtioUserMemory.GuestBase);
        _message.Send(VhostRequest.SetMemoryTable, table, needsReply: false, _memory.Descriptor);
        var kicks = new EventDescriptor[2 * _queues];
        for (int i = 0; i < kicks.Length; i++)
            kicks[i] = SetUpRing(i);
        for (int queue = 0; queue < _queues; queue++)
            _sides.Add(MakeSide(queue, kicks));
        if ((_protocolFeatures & VirtioFeatures.ProtocolStatus) != 0)
            Say(VhostRequest.SetStatus, DriverOk);
        Enable();
    }

    private EventDescriptor SetUpRing(int index)
    {
        bool isPacked = _port.IsPacked;
        uint size = _memory.RingSize;
        _memory.Clear(index);
        ulong address = VirtioUserMemory.GuestBase + (ulong)(_memory.Ring(index) - _memory.Shared.Address);
        Say(VhostRequest.SetVringNumber, Pair(index, size));
        Say(VhostRequest.SetVringBase, Pair(index, isPacked ? 0x80008000u : 0u)); // both wrap counters begin at 1
        Span<byte> addresses = stackalloc byte[40];
        addresses.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(addresses, index);
        BinaryPrimitives.WriteUInt64LittleEndian(addresses[8..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(addresses[16..], address + (isPacked ? PackedDriverRing.DeviceAt(size) : SplitDriverRing.DeviceAt(size)));
        BinaryPrimitives.WriteUInt64LittleEndian(addresses[24..], address + (isPacked ? PackedDriverRing.DriverAt(size) : SplitDriverRing.DriverAt(size)));
        Say(VhostRequest.SetVringAddress, addresses);
        EventDescriptor call = EventDescriptor.Create(), kick = EventDescriptor.Create();
        _events.AddRange([call, kick]);
        _message.Send(VhostRequest.SetVringCall, Number((ulong)index), needsReply: false, call.Handle);
        _message.Send(VhostRequest.SetVringKick, Number((ulong)index), needsReply: false, kick.Handle);
        return kick;
    }

    private DriverSide MakeSide(int queue, EventDescriptor[] kicks)
    {
        byte* receive = _memory.Ring(2 * queue), send = _memory.Ring(2 * queue + 1);
        uint size = _memory.RingSize;
        EventDescriptor receiveKick = kicks[2 * queue], sendKick = kicks[2 * queue + 1];
        const uint HeaderSize = 12; // of virtio 1.0 and later
        bool isMergeable = (_features & VirtioFeatures.MergeableBuffers) != 0;
        return _port.IsPacked
            ? new DriverSide<PackedDriverRing>(this, new PackedDriverRing(receive, size), new PackedDriverRing(send, size), receiveKick, sendKick, HeaderSize, isMergeable)
            : new DriverSide<SplitDriverRing>(this, new SplitDriverRing(receive, size), new SplitDriverRing(send, size), receiveKick, sendKick, HeaderSize, isMergeable);
    }

    /// <summary>Starts the rings. With an answer to the last request we know that the device has them all.</summary>
    private void Enable()
    {
        bool canAsk = (_protocolFeatures & VirtioFeatures.ProtocolReplyAck) != 0;
        if ((_features & VirtioFeatures.ProtocolFeatures) != 0)
        {
            for (int i = 0; i < 2 * _queues; i++)
            {
                bool isLast = i == 2 * _queues - 1;
                _message.Send(VhostRequest.SetVringEnable, Pair(i, 1), needsReply: isLast && canAsk);
            }
        }
        if (canAsk)
            _awaited = VhostRequest.SetVringEnable;
        else
            Attach();
    }

    private void Attach()
    {
        for (int queue = 0; queue < _queues; queue++)
            _port.PeerQueues[queue].Attach(_sides[queue]);
        Established = true;
    }

    private void Ask(VhostRequest request)
    {
        Say(request, []);
        _awaited = request;
    }

    private void Say(VhostRequest request, ReadOnlySpan<byte> payload) => _message.Send(request, payload, needsReply: false);

    private void Say(VhostRequest request, ulong number) => Say(request, Number(number));

    private static byte[] Number(ulong number) => BitConverter.GetBytes(number);

    private static byte[] Pair(int index, uint value) => BitConverter.GetBytes((uint)index | ((ulong)value << 32));
}
