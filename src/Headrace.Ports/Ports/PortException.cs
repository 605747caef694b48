using Headrace.Bytecode;

namespace Headrace.Ports;

/// <summary>A port cannot be opened or went away: which, why, and what to do.</summary>
public sealed class PortException : HeadraceException
{
    /// <summary>Names the port and the reason.</summary>
    /// <param name="port">The port as it was written.</param>
    /// <param name="reason">Why, and what to do.</param>
    /// <param name="inner">What caused it.</param>
    public PortException(string port, string reason, Exception? inner = null) : base($"{port}: {reason}", inner!) =>
        (Port, Reason) = (port, reason);

    /// <summary>The port as it was written.</summary>
    public string Port { get; }

    /// <summary>Why.</summary>
    public string Reason { get; }
}
