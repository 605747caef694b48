namespace Headrace.Cli;

/// <summary>Where a verb writes: the answer alone on <see cref="Out"/>, everything else on <see cref="Error"/>.</summary>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="IsInteractive">True when a person watches standard output: progress is shown only then.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, bool IsInteractive);
