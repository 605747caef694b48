using Headrace.Bytecode;

namespace Headrace.Ports;

/// <summary>A traffic specification that cannot be read: which piece, and what may stand there.</summary>
/// <param name="piece">The offending piece of the specification.</param>
/// <param name="reason">What is wrong with it.</param>
public sealed class TrafficSpecException(string piece, string reason) : HeadraceException($"gen: '{piece}': {reason}")
{
    /// <summary>The offending piece of the specification.</summary>
    public string Piece { get; } = piece;

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; } = reason;
}
