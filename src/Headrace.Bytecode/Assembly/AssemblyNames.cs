using System.Globalization;
using System.Text;

namespace Headrace.Bytecode;

/// <summary>How names and strings are written in assembly text.</summary>
internal static class AssemblyNames
{
    /// <summary>The name as it is, or in quotes where it would read as something else.</summary>
    public static string Quote(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(Lexer.IsNameCharacter) && !InstructionParser.TryRegister(name, out _, out _)
            && name is not ("pc" or "idx" or "fd" or "s" or "static" or "data")
            ? name
            : QuoteText(name);

    /// <summary>A section's name as it is, or in quotes where it would not end at the next blank.</summary>
    public static string QuoteSection(string name) =>
        name.Length == 0 || name.Any(c => char.IsWhiteSpace(c) || c is ';' or '"') ? QuoteText(name) : name;

    /// <summary>Text in double quotes; what is not printable is escaped.</summary>
    public static string QuoteText(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '\n' => "\\n",
                '\t' => "\\t",
                '\r' => "\\r",
                '\\' => "\\\\",
                '"' => "\\\"",
                < ' ' or '\x7f' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => c.ToString(),
            });
        }
        return quoted.Append('"').ToString();
    }
}
