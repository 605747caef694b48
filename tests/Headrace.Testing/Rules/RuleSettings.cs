using Headrace.Bytecode;

namespace Headrace.Testing.Rules;

/// <summary>What stands in a rule file's directives around a program.</summary>
internal sealed record RuleSettings
{
    /// <summary>Program type and, behind it, the attach type.</summary>
    public string Type { get; init; } = nameof(ProgramType.Xdp);

    /// <summary>Licence.</summary>
    public string License { get; init; } = "GPL";

    /// <summary>Load flags.</summary>
    public string Flags { get; init; } = nameof(ProgramFlags.None);

    /// <summary>True when the functions have types.</summary>
    public bool HasTypes { get; init; }

    /// <summary>Prototypes of global functions: <c>name(int, ctx) void</c>.</summary>
    public IReadOnlyList<string> Globals { get; init; } = [];

    /// <summary>Prototypes of static functions that have more than a return value.</summary>
    public IReadOnlyList<string> Statics { get; init; } = [];

    /// <summary>The settings with a directive applied; null when there is no such directive.</summary>
    public RuleSettings? With(string directive, string value) => directive switch
    {
        "type" => this with { Type = value },
        "license" => this with { License = value },
        "flags" => this with { Flags = value },
        "types" => this with { HasTypes = true },
        "global" => this with { HasTypes = true, Globals = [.. Globals, value] },
        "static" => this with { HasTypes = true, Statics = [.. Statics, value] },
        _ => null,
    };

    /// <summary>The settings with parameters replaced by their values.</summary>
    public RuleSettings Fill(Func<string, string> fill) =>
        this with { Type = fill(Type), License = fill(License), Flags = fill(Flags), Globals = [.. Globals.Select(fill)], Statics = [.. Statics.Select(fill)] };
}
