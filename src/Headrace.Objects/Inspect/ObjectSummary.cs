namespace Headrace.Objects;

/// <summary>What is in an object, ready to be printed or written as JSON: plain text and numbers, in the words of the kernel's tools.</summary>
/// <param name="Source">Where it came from.</param>
/// <param name="FileSize">Size of the file in bytes.</param>
/// <param name="License">Licence string.</param>
/// <param name="Programs">Its programs.</param>
/// <param name="Maps">Its maps, data sections among them.</param>
/// <param name="Variables">Its global variables with their first values.</param>
/// <param name="Types">Its types; null without BTF.</param>
/// <param name="Notes">What a person should know: parts left out, values missing.</param>
public sealed record ObjectSummary(
    string Source,
    long FileSize,
    string License,
    IReadOnlyList<ProgramSummary> Programs,
    IReadOnlyList<MapSummary> Maps,
    IReadOnlyList<VariableSummary> Variables,
    TypesSummary? Types,
    IReadOnlyList<string> Notes)
{
    /// <summary>Summarises an object.</summary>
    public static ObjectSummary Of(CollectionSpec spec) => new(
        spec.Source,
        spec.FileSize,
        spec.License,
        [.. spec.Programs.Select(program => ProgramSummary.Of(spec, program))],
        [.. spec.Maps.Select(map => MapSummary.Of(spec, map))],
        [.. spec.Variables.Select(variable => VariableSummary.Of(spec, variable))],
        spec.Types is null ? null : TypesSummary.Of(spec.Types),
        spec.Notes);
}
