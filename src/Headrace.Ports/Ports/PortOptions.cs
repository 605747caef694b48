namespace Headrace.Ports;

/// <summary>What ports that are opened for one loop have in common.</summary>
public sealed class PortOptions
{
    /// <summary>How many workers will share the port's queues: queue n goes to worker n modulo this.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>How many ports the loop will have: ports that share memory make it large enough.</summary>
    public int Ports { get; init; } = 1;

    /// <summary>Chooses the flows of each port that can be steered, before its first packet; null lets every packet come.</summary>
    public Action<ISteerable>? Steer { get; init; }

    /// <summary>Takes what a person should be told while ports open, a line each; null when nobody listens.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Things that ports opened with the same options share, such as packet memory, by who put them there.</summary>
    internal Dictionary<object, object> Shared { get; } = [];
}
