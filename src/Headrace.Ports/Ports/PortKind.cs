namespace Headrace.Ports;

/// <summary>A kind of port: how it is written, what it is for, and whether this machine can have one.</summary>
/// <param name="Name">The word before the colon.</param>
/// <param name="Syntax">Its whole form, options included.</param>
/// <param name="Purpose">One line for people.</param>
/// <param name="Open">Opens one; throws <see cref="PortException"/>.</param>
/// <param name="Obstacle">Why there can be none here, in words for a person; empty when there can.</param>
public sealed record PortKind(string Name, string Syntax, string Purpose, Func<PortSpec, PortOptions, IPacketPort> Open, Func<string> Obstacle)
{
    /// <summary>A kind that works everywhere.</summary>
    internal PortKind(string name, string syntax, string purpose, Func<PortSpec, PortOptions, IPacketPort> open)
        : this(name, syntax, purpose, open, () => "") { }
}
