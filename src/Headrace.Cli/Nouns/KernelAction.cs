namespace Headrace.Cli.Nouns;

/// <summary>What can be done with a noun: <c>show</c> of <c>headrace prog show</c>.</summary>
/// <param name="names">Its name, and others that mean the same.</param>
internal abstract class KernelAction(params string[] names)
{
    /// <summary>Its name, and others that mean the same.</summary>
    public IReadOnlyList<string> Names { get; } = names;

    /// <summary>How it is written, a line each, without <c>headrace</c>.</summary>
    public abstract IReadOnlyList<string> Forms { get; }

    /// <summary>Does it.</summary>
    /// <param name="words">The words behind the name.</param>
    /// <param name="answer">Where the answer goes.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public abstract int Run(Keywords words, Answer answer);
}
