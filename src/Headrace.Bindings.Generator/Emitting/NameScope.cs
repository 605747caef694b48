using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Headrace.Bindings.Emitting;

/// <summary>The names inside of one type: gives each thing of C one of its own, and says so where it is not the expected one.</summary>
/// <param name="report">Takes diagnostics.</param>
/// <param name="reserved">Names that mean something else there.</param>
internal sealed class NameScope(Action<DiagnosticDescriptor, object[]> report, params string[] reserved)
{
    // What every object has, and what the names of constructors and operators are to the compiler.
    private static readonly string[] s_object = ["Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "Finalize", "ReferenceEquals", "Dispose"];

    private readonly Dictionary<string, string> _taken = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reserved = [.. s_object, .. reserved];

    /// <summary>Gives a name.</summary>
    /// <param name="name">The name in C.</param>
    /// <param name="title">What it is, for messages: <c>map 'flows'</c>.</param>
    public string Claim(string name, string title)
    {
        string wanted = Identifiers.Pascal(name);
        string given = wanted;
        if (_reserved.Contains(given))
        {
            given += "_";
            report(Diagnostics.Renamed, [title, given, wanted]);
        }
        if (_taken.TryGetValue(given, out string? other))
        {
            for (int number = 2; _taken.ContainsKey(given) || _reserved.Contains(given); number++)
                given = wanted + "_" + number.ToString(CultureInfo.InvariantCulture);
            report(Diagnostics.Collision, [title, given, wanted, other]);
        }
        _taken.Add(given, title);
        return given;
    }

    /// <summary>Gives a name that nothing in C has; quietly another one when it is taken.</summary>
    public string ClaimOwn(string wanted)
    {
        string given = wanted;
        for (int number = 2; _taken.ContainsKey(given) || _reserved.Contains(given); number++)
            given = wanted + "_" + number.ToString(CultureInfo.InvariantCulture);
        _taken.Add(given, given);
        return given;
    }
}
