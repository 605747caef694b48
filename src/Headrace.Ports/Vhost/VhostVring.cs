using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>What the front end has told of one ring so far.</summary>
internal sealed class VhostVring : IDisposable
{
    public uint Size { get; set; }
    public uint Base { get; set; }
    public bool HasAddresses { get; set; }
    public ulong Descriptors { get; set; }
    public ulong Driver { get; set; }
    public ulong Device { get; set; }
    public EventDescriptor? Kick { get; set; }
    public EventDescriptor? Call { get; set; }

    /// <summary>True between SET_VRING_KICK and GET_VRING_BASE.</summary>
    public bool IsStarted { get; set; }

    /// <summary>True after SET_VRING_ENABLE, and without vhost-user's own features from the start.</summary>
    public bool IsEnabled { get; set; }

    /// <summary>The ring, while it runs.</summary>
    public DeviceRing? Ring { get; set; }

    public void Dispose()
    {
        Ring?.Dispose();
        Kick?.Dispose();
        Call?.Dispose();
    }
}
