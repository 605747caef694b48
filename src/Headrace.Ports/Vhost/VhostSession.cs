using System.Buffers.Binary;
using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>The device's side of a vhost-user connection: the front end (DPDK's virtio_user, QEMU) tells of its memory and rings, the queues run them.</summary>
internal sealed unsafe class VhostSession : PeerSession
{
    private const ulong ProtocolOffered = VirtioFeatures.ProtocolMultiQueue | VirtioFeatures.ProtocolReplyAck | VirtioFeatures.ProtocolMtu | VirtioFeatures.ProtocolStatus;

    private readonly VhostPort _port;
    private readonly VhostMessage _message;
    private readonly VhostVring[] _vrings;
    private VhostMemory? _memory;
    private ulong _features;
    private ulong _protocolFeatures;
    private ulong _status;

    public VhostSession(UnixSocket socket, VhostPort port) : base(socket)
    {
        _port = port;
        _message = new VhostMessage(socket);
        _vrings = [.. Enumerable.Range(0, 2 * port.PeerQueues.Count).Select(_ => new VhostVring())];
    }

    /// <inheritdoc/>
    public override bool MayStayUnestablished => true; // a guest sets its rings up when its driver loads, which may be never

    /// <inheritdoc/>
    public override bool HasLostMemory => _memory?.IsLost ?? false;

    /// <inheritdoc/>
    public override bool Receive()
    {
        if (!_message.Receive(out bool isWhole))
            return false;
        if (!isWhole)
            return true;
        try
        {
            Handle();
        }
        finally
        {
            _message.Next();
        }
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (VhostQueue queue in _port.PeerQueues)
            queue.Attach(null, null);
        foreach (VhostVring vring in _vrings)
            vring.Dispose();
        _memory?.Dispose();
        _message.Dispose();
        base.Dispose();
    }

    private void Handle()
    {
        if (_message.IsReply)
            throw new ControlException("it sent an answer to nothing");
        bool replied = false;
        switch (_message.Request)
        {
            case VhostRequest.GetFeatures:
                _message.Reply(_port.OfferedFeatures);
                return;
            case VhostRequest.SetFeatures:
                SetFeatures(_message.Number());
                break;
            case VhostRequest.SetOwner:
            case VhostRequest.SendRarp:
            case VhostRequest.SetMtu:
                break;
            case VhostRequest.ResetOwner:
                foreach (VhostVring vring in _vrings)
                    vring.IsEnabled = false;
                UpdateAll();
                break;
            case VhostRequest.SetMemoryTable:
                SetMemoryTable();
                break;
            case VhostRequest.SetLogBase:
            case VhostRequest.SetLogDescriptor:
                // Migration needs every write logged. The feature is not offered, so a front end that asks did not look.
                if (!_message.NeedsReply)
                    throw new ControlException("it wants writes to be logged for migration, which was not offered");
                _message.Reply(1);
                return;
            case VhostRequest.SetVringNumber:
                SetVringNumber();
                break;
            case VhostRequest.SetVringAddress:
                SetVringAddress();
                break;
            case VhostRequest.SetVringBase:
                (VhostVring vringToPlace, uint start) = State();
                vringToPlace.Base = start;
                break;
            case VhostRequest.GetVringBase:
                GetVringBase();
                replied = true;
                break;
            case VhostRequest.SetVringKick:
            case VhostRequest.SetVringCall:
            case VhostRequest.SetVringError:
                SetDescriptor(_message.Request);
                break;
            case VhostRequest.GetProtocolFeatures:
                _message.Reply(ProtocolOffered);
                return;
            case VhostRequest.SetProtocolFeatures:
                _protocolFeatures = _message.Number();
                if ((_protocolFeatures & ~ProtocolOffered) != 0)
                    throw new ControlException($"it takes protocol features {_protocolFeatures & ~ProtocolOffered:x} that were not offered");
                break;
            case VhostRequest.GetQueueNumber:
                _message.Reply((ulong)_port.PeerQueues.Count);
                return;
            case VhostRequest.SetVringEnable:
                (VhostVring vringToEnable, uint enable) = State();
                vringToEnable.IsEnabled = enable != 0;
                UpdateAll();
                break;
            case VhostRequest.SetStatus:
                SetStatus(_message.Number());
                break;
            case VhostRequest.GetStatus:
                _message.Reply(_status);
                return;
            default:
                throw new ControlException($"it sent request {(uint)_message.Request}, which belongs to no feature that was offered");
        }
        if (!replied && _message.NeedsReply && (_protocolFeatures & VirtioFeatures.ProtocolReplyAck) != 0)
            _message.Reply(0);
    }

    private void SetFeatures(ulong features)
    {
        if ((features & ~_port.OfferedFeatures) != 0)
            throw new ControlException($"it takes features {features & ~_port.OfferedFeatures:x} that were not offered");
        _features = features;
        StopAll();
        UpdateAll();
    }

    private void SetStatus(ulong status)
    {
        _status = status;
        if (status != 0)
            return;
        // A reset: the driver will set everything up anew.
        StopAll();
        foreach (VhostVring vring in _vrings)
            (vring.IsStarted, vring.Base) = (false, 0);
    }

    private void SetMemoryTable()
    {
        ReadOnlySpan<byte> payload = _message.Payload;
        uint count = payload.Length >= 8 ? BinaryPrimitives.ReadUInt32LittleEndian(payload) : uint.MaxValue;
        if (count > VhostMemory.MaxRegions || payload.Length < 8 + (int)count * 32 || _message.Descriptors.Count != (int)count)
            throw new ControlException($"it sent a memory table of {count} regions with {_message.Descriptors.Count} descriptors in {payload.Length} bytes");
        StopAll();
        _memory?.Dispose();
        _memory = new VhostMemory();
        for (int i = 0; i < (int)count; i++)
        {
            ReadOnlySpan<byte> region = payload.Slice(8 + i * 32, 32);
            _memory.Add(_message.Descriptors[i], U64(region, 0), U64(region, 16), U64(region, 8), U64(region, 24));
        }
        UpdateAll();
    }

    private void SetVringNumber()
    {
        (VhostVring vring, uint number) = State();
        bool isPacked = (_features & VirtioFeatures.Packed) != 0;
        if (number is 0 or > DeviceRing.MaxSize || (!isPacked && !uint.IsPow2(number)))
            throw new ControlException($"it wants a ring of {number} descriptors");
        Stop(vring);
        vring.Size = number;
        UpdateAll();
    }

    private void SetVringAddress()
    {
        ReadOnlySpan<byte> payload = _message.Exactly(40);
        VhostVring vring = Vring(BinaryPrimitives.ReadUInt32LittleEndian(payload));
        Stop(vring);
        (vring.Descriptors, vring.Device, vring.Driver, vring.HasAddresses) = (U64(payload, 8), U64(payload, 16), U64(payload, 24), true);
        UpdateAll();
    }

    private void GetVringBase()
    {
        (VhostVring vring, _) = State();
        Stop(vring);
        vring.IsStarted = false;
        UpdateAll();
        Span<byte> reply = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(reply, (uint)Array.IndexOf(_vrings, vring));
        BinaryPrimitives.WriteUInt32LittleEndian(reply[4..], vring.Base);
        _message.Reply(reply);
    }

    private void SetDescriptor(VhostRequest request)
    {
        const ulong IndexMask = 0xff, NoDescriptor = 0x100;
        ulong number = _message.Number();
        VhostVring vring = Vring((uint)(number & IndexMask));
        EventDescriptor? descriptor = null;
        if ((number & NoDescriptor) == 0)
        {
            if (_message.Descriptors.Count != 1)
                throw new ControlException($"it sent {request} with {_message.Descriptors.Count} descriptors; it takes one");
            descriptor = EventDescriptor.Take(_message.Descriptors[0]);
            _message.Descriptors.Clear();
        }
        switch (request)
        {
            case VhostRequest.SetVringKick:
                vring.Kick?.Dispose();
                vring.Kick = descriptor;
                vring.IsStarted = true;
                if ((_features & VirtioFeatures.ProtocolFeatures) == 0)
                    vring.IsEnabled = true;
                break;
            case VhostRequest.SetVringCall:
                Stop(vring);
                vring.Call?.Dispose();
                vring.Call = descriptor;
                break;
            default:
                descriptor?.Dispose();
                break;
        }
        UpdateAll();
    }

    /// <summary>Starts every ring of which enough is known, and gives the queues what there is.</summary>
    private void UpdateAll()
    {
        bool any = false;
        for (int i = 0; i < _port.PeerQueues.Count; i++)
        {
            // The even ring of a pair is the one that the driver receives from.
            VhostVring sending = _vrings[2 * i], receiving = _vrings[2 * i + 1];
            if (Start(sending) | Start(receiving))
                _port.PeerQueues[i].Attach(receiving.IsEnabled ? receiving.Ring : null, sending.IsEnabled ? sending.Ring : null);
            else if (sending.Ring is not null || receiving.Ring is not null)
                _port.PeerQueues[i].Attach(receiving.IsEnabled ? receiving.Ring : null, sending.IsEnabled ? sending.Ring : null);
            any |= (sending.IsEnabled && sending.Ring is not null) || (receiving.IsEnabled && receiving.Ring is not null);
        }
        Established = any;
    }

    /// <summary>Makes a ring run when all is known of it.</summary>
    private bool Start(VhostVring vring)
    {
        if (vring.Ring is not null || !vring.IsStarted || !vring.HasAddresses || vring.Size == 0 || _memory is not { Count: > 0 } memory)
            return false;
        bool isPacked = (_features & VirtioFeatures.Packed) != 0;
        ulong size = vring.Size, driverBytes = isPacked ? 4 : 6 + 2 * size, deviceBytes = isPacked ? 4 : 6 + 8 * size;
        byte* descriptors = memory.FindUser(vring.Descriptors, size * (ulong)sizeof(VirtioDescriptor));
        byte* driver = memory.FindUser(vring.Driver, driverBytes), device = memory.FindUser(vring.Device, deviceBytes);
        if (descriptors == null || driver == null || device == null || (((nint)descriptors & 15) | ((nint)driver & 1) | ((nint)device & 3)) != 0)
            throw new ControlException($"ring {Array.IndexOf(_vrings, vring)} does not lie in the memory it shares, or at an odd place");
        bool isMergeable = (_features & VirtioFeatures.MergeableBuffers) != 0;
        var setup = new DeviceRingSetup
        {
            Session = this,
            Memory = memory,
            Call = vring.Call,
            Size = vring.Size,
            Descriptors = descriptors,
            Driver = driver,
            Device = device,
            Base = vring.Base,
            HeaderSize = isMergeable || (_features & VirtioFeatures.Version1) != 0 ? 12u : 10u,
            IsMergeable = isMergeable,
        };
        vring.Ring = isPacked ? new PackedDeviceRing(setup) : new SplitDeviceRing(setup);
        return true;
    }

    private void StopAll()
    {
        foreach (VhostVring vring in _vrings)
            Stop(vring);
    }

    /// <summary>Takes a ring away from its queue; it can be started again from where it stands.</summary>
    private void Stop(VhostVring vring)
    {
        if (vring.Ring is not { } ring)
            return;
        int pair = Array.IndexOf(_vrings, vring) / 2;
        VhostVring sending = _vrings[2 * pair], receiving = _vrings[2 * pair + 1];
        _port.PeerQueues[pair].Attach(vring == receiving || !receiving.IsEnabled ? null : receiving.Ring, vring == sending || !sending.IsEnabled ? null : sending.Ring);
        vring.Base = ring.Base;
        vring.Ring = null;
        ring.Dispose();
    }

    private (VhostVring Vring, uint Value) State()
    {
        ReadOnlySpan<byte> payload = _message.Exactly(8);
        return (Vring(BinaryPrimitives.ReadUInt32LittleEndian(payload)), BinaryPrimitives.ReadUInt32LittleEndian(payload[4..]));
    }

    private VhostVring Vring(uint index) => index < (uint)_vrings.Length
        ? _vrings[index]
        : throw new ControlException($"it speaks of ring {index}; this port has {_vrings.Length} (queues=N)");

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
