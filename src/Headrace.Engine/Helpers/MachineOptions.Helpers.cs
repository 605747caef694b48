namespace Headrace.Engine;

public sealed partial class MachineOptions
{
    /// <summary>Interfaces, routes and neighbours that <c>bpf_fib_lookup</c> and <c>bpf_check_mtu</c> look at. Empty by default.</summary>
    public RouteTable Routes { get; init; } = new();

    /// <summary>Takes copies that <c>bpf_clone_redirect</c> sends; null makes the helper answer -EINVAL, as for an interface that is not there.</summary>
    public CloneSink? CloneSink { get; init; }
}
