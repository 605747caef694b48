namespace Headrace.Ports;

/// <summary>Feature bits of virtio 1.2 network devices and of vhost-user.</summary>
internal static class VirtioFeatures
{
    /// <summary>Packets may be spread over several receive buffers (VIRTIO_NET_F_MRG_RXBUF).</summary>
    public const ulong MergeableBuffers = 1UL << 15;

    /// <summary>The link's state is in the configuration (VIRTIO_NET_F_STATUS).</summary>
    public const ulong Status = 1UL << 16;

    /// <summary>There is a control queue (VIRTIO_NET_F_CTRL_VQ); the front end keeps it to itself.</summary>
    public const ulong ControlQueue = 1UL << 17;

    /// <summary>There may be several queue pairs (VIRTIO_NET_F_MQ).</summary>
    public const ulong MultiQueue = 1UL << 22;

    /// <summary>The driver's announcement of itself after a move may be asked for (VIRTIO_NET_F_GUEST_ANNOUNCE).</summary>
    public const ulong GuestAnnounce = 1UL << 21;

    /// <summary>Every write to memory is to be logged (VHOST_F_LOG_ALL), for migration: never offered here.</summary>
    public const ulong LogAll = 1UL << 26;

    /// <summary>A header may share a descriptor with data (VIRTIO_F_ANY_LAYOUT).</summary>
    public const ulong AnyLayout = 1UL << 27;

    /// <summary>Descriptors may be in a table of their own (VIRTIO_RING_F_INDIRECT_DESC).</summary>
    public const ulong Indirect = 1UL << 28;

    /// <summary>vhost-user's own features can be negotiated (VHOST_USER_F_PROTOCOL_FEATURES).</summary>
    public const ulong ProtocolFeatures = 1UL << 30;

    /// <summary>virtio 1.0 and later (VIRTIO_F_VERSION_1).</summary>
    public const ulong Version1 = 1UL << 32;

    /// <summary>Packed rings (VIRTIO_F_RING_PACKED).</summary>
    public const ulong Packed = 1UL << 34;

    /// <summary>Buffers are used in the order they were made available (VIRTIO_F_IN_ORDER).</summary>
    public const ulong InOrder = 1UL << 35;

    /// <summary>vhost-user: several queue pairs.</summary>
    public const ulong ProtocolMultiQueue = 1UL << 0;

    /// <summary>vhost-user: a front end may ask for an answer to any request.</summary>
    public const ulong ProtocolReplyAck = 1UL << 3;

    /// <summary>vhost-user: the front end tells the MTU.</summary>
    public const ulong ProtocolMtu = 1UL << 4;

    /// <summary>vhost-user: the device status goes over the socket.</summary>
    public const ulong ProtocolStatus = 1UL << 16;
}
