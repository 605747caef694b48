namespace Headrace.Cli;

/// <summary>Where a verb reads and writes: the answer alone on <see cref="Out"/>, everything else on <see cref="Error"/>.</summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="IsInteractive">True when a person watches standard output: progress is shown only then.</param>
internal sealed record Terminal(TextReader In, TextWriter Out, TextWriter Error, bool IsInteractive);
