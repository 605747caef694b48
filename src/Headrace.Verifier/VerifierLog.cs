using System.Text;

namespace Headrace.Verifier;

/// <summary>The log of a verification, in the form of the kernel's.</summary>
public sealed class VerifierLog
{
    private readonly StringBuilder _text = new();

    internal VerifierLog(int level) => Level = level;

    /// <summary>0: only why it was refused; 1: the path to it; 2: every path.</summary>
    public int Level { get; }

    /// <summary>True when paths are written, so that callers need not format for nothing.</summary>
    public bool IsVerbose => Level > 0;

    /// <summary>Characters written.</summary>
    public int Length => _text.Length;

    internal bool EndsLine => _text.Length > 0 && _text[^1] == '\n';

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    internal void Write(string text) => _text.Append(text);

    internal void WriteLine(string text) => _text.Append(text).Append('\n');

    internal void Truncate(int length) => _text.Length = length;
}
