using System.Text;

namespace Headrace.Bindings.Emitting;

/// <summary>Text with indented blocks.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>Writes a line; an empty one separates.</summary>
    public void Line(string line = "")
    {
        if (line.Length > 0)
            _text.Append(' ', _depth * 4).Append(line);
        _text.Append('\n');
    }

    /// <summary>Writes a line and opens a block.</summary>
    public void Open(string line)
    {
        Line(line);
        Line("{");
        _depth++;
    }

    /// <summary>Closes a block.</summary>
    public void Close()
    {
        _depth--;
        Line("}");
    }

    /// <summary>Writes a doc comment.</summary>
    public void Summary(string text) => Line($"/// <summary>{text}</summary>");

    /// <summary>C code inside of a doc comment.</summary>
    public static string Code(string text) => $"<c>{Escape(text)}</c>";

    /// <summary>Text inside of a doc comment.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char letter in text)
        {
            escaped.Append(letter switch
            {
                '<' => "&lt;",
                '>' => "&gt;",
                '&' => "&amp;",
                _ when char.IsControl(letter) || char.IsSurrogate(letter) || letter is '\u2028' or '\u2029' or '\ufffe' or '\uffff' => " ",
                _ => letter.ToString(),
            });
        }
        return escaped.ToString();
    }

    /// <summary>A string literal.</summary>
    public static string Literal(string text) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
