namespace Headrace.Ports.Tests;

/// <summary>Ports of ours that are each other's peer in one process: every kind with a peer, in both places.</summary>
internal static class PeerPairs
{
    /// <summary>By name, what both ends are opened from; <c>*</c> stands for a socket's path.</summary>
    private static readonly Dictionary<string, (string One, string Other)> s_pairs = new(StringComparer.Ordinal)
    {
        ["memif server"] = ("memif:*,role=server", "memif:*,role=client,ring=256"),
        ["memif server in place"] = ("memif:*,role=server,copy=no", "memif:*,role=client,ring=256"),
        ["memif client"] = ("memif:*,role=client,ring=256", "memif:*,role=server"),
        ["vhost split"] = ("vhost-user:*", "virtio-user:*,ring=256"),
        ["vhost packed"] = ("vhost-user:*", "virtio-user:*,ring=256,packed"),
        ["virtio split"] = ("virtio-user:*,ring=256", "vhost-user:*"),
        ["virtio packed"] = ("virtio-user:*,ring=256,packed", "vhost-user:*"),
    };

    public static TheoryData<string> Names => [.. s_pairs.Keys];

    public static (string One, string Other) Specs(string name)
    {
        string socket = Path.Combine(Path.GetTempPath(), $"headrace-pair-{Guid.NewGuid():N}");
        (string one, string other) = s_pairs[name];
        return (one.Replace("*", socket, StringComparison.Ordinal), other.Replace("*", socket, StringComparison.Ordinal));
    }
}
