using Headrace.Bytecode;

namespace Headrace.Objects;

/// <summary>An object file or a BTF blob that cannot be used: which file, where in it, what is wrong and what to do.</summary>
/// <param name="file">The file, or the name of what was made in memory.</param>
/// <param name="place">Section, symbol or offset; empty when the whole file is meant.</param>
/// <param name="reason">What is wrong and what to do about it.</param>
public sealed class ObjectException(string file, string place, string reason)
    : HeadraceException(place.Length == 0 ? $"{file}: {reason}" : $"{file}: {place}: {reason}")
{
    /// <summary>The file, or the name of what was made in memory.</summary>
    public string File { get; } = file;

    /// <summary>Section, symbol or offset; empty when the whole file is meant.</summary>
    public string Place { get; } = place;

    /// <summary>What is wrong and what to do about it.</summary>
    public string Reason { get; } = reason;
}
