namespace Headrace.Ports;

/// <summary>The driver's end of a virtio ring in memory of ours that the device writes too: whole buffers go out and come back, one descriptor each.</summary>
internal interface IDriverRing
{
    /// <summary>How many buffers it takes now.</summary>
    uint Free { get; }

    /// <summary>Buffers that are out.</summary>
    uint Out { get; }

    /// <summary>True once the device wrote what it must not; nothing comes back any more.</summary>
    bool IsBroken { get; }

    /// <summary>True when the device wants to be told of new buffers.</summary>
    bool WantsKick { get; }

    /// <summary>Hands a buffer to the device, who sees it after <see cref="Publish"/>. The caller has looked at <see cref="Free"/>.</summary>
    void Add(uint buffer, ulong address, uint length, bool isWritable);

    /// <summary>Makes the device see what was added.</summary>
    void Publish();

    /// <summary>Takes a buffer back that the device has done with.</summary>
    bool TryTake(out uint buffer, out uint length);

    /// <summary>Takes back every buffer that is out, when there is no device any more.</summary>
    bool TryTakeBack(out uint buffer);

    /// <summary>Frees what it keeps beside the ring.</summary>
    void Release();
}
