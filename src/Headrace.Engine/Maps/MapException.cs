using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>A map refused an operation, with the error number bpf(2) would answer.</summary>
/// <param name="map">The map's name.</param>
/// <param name="operation">What was asked, such as <c>update</c>.</param>
/// <param name="errno">The positive error number, as on Linux x86-64.</param>
/// <param name="reason">Why, in words.</param>
public sealed class MapException(string map, string operation, int errno, string reason)
    : HeadraceException($"map '{map}': {operation} failed: {reason}")
{
    /// <summary>The map's name.</summary>
    public string Map { get; } = map;

    /// <summary>What was asked.</summary>
    public string Operation { get; } = operation;

    /// <summary>The positive error number (errno(3), Linux x86-64).</summary>
    public int Errno { get; } = errno;
}
