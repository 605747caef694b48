namespace Headrace.Cli.Forward;

/// <summary>What a signal asks of a running loop.</summary>
internal enum ForwardSignal
{
    /// <summary>Nothing: time is over.</summary>
    None,

    /// <summary>SIGINT or SIGTERM.</summary>
    Stop,

    /// <summary>SIGHUP.</summary>
    Reload,
}
