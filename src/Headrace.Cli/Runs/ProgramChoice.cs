using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Cli.Runs;

/// <summary>Finds the program that a command line means.</summary>
internal static class ProgramChoice
{
    /// <summary>The program named, or the only one.</summary>
    /// <exception cref="HeadraceException">There is no such program, or several and none was named; the message lists them.</exception>
    public static ProgramSpec Find(CollectionSpec spec, string? name)
    {
        string names = string.Join(", ", spec.Programs.Select(program => program.Name));
        if (name is not null)
        {
            return spec.Programs.Contains(name)
                ? spec.Programs[name]
                : throw new HeadraceException($"{spec.Source} has no program '{name}'; it has: {(names.Length > 0 ? names : "none")}");
        }
        return spec.Programs.Count switch
        {
            1 => spec.Programs[0],
            0 => throw new HeadraceException($"{spec.Source} has no program"),
            _ => throw new HeadraceException($"{spec.Source} has several programs: choose one with --program: {names}"),
        };
    }
}
