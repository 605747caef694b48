using System.CommandLine;

namespace Headrace.Cli;

/// <summary>A verb of the command: its options, what it does, and examples for its help.</summary>
internal abstract class Verb : Command
{
    /// <summary>Names the verb.</summary>
    protected Verb(string name, string description) : base(name, description) { }

    /// <summary>Command lines a newcomer would type, each with what it is for.</summary>
    public virtual IReadOnlyList<(string Line, string Purpose)> Examples => [];

    /// <summary>Does the work; errors are exceptions. Returns an <see cref="ExitCode"/>.</summary>
    public abstract int Run(ParseResult arguments, Terminal terminal);
}
