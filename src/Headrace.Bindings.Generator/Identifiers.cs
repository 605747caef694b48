using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Headrace.Bindings;

/// <summary>Names of C as names of C#: <c>h_proto</c> becomes <c>HProto</c>, <c>RULE_NONE</c> becomes <c>RuleNone</c>.</summary>
internal static class Identifiers
{
    /// <summary>A valid identifier for any text. It starts in upper case where it starts with a letter, so that it is never a keyword.</summary>
    public static string Pascal(string name)
    {
        var text = new StringBuilder(name.Length);
        for (int start = 0; start < name.Length;)
        {
            if (!IsPart(name[start]))
            {
                start++;
                continue;
            }
            int end = start;
            while (end < name.Length && IsPart(name[end]))
                end++;
            AppendWord(text, name.Substring(start, end - start));
            start = end;
        }
        if (text.Length == 0)
        {
            // Nothing that could be said: underscores, signs.
            foreach (char letter in name)
                text.Append(letter == '_' ? "_" : "U" + ((int)letter).ToString("X4", CultureInfo.InvariantCulture));
        }
        if (text.Length == 0 || char.IsDigit(text[0]))
            text.Insert(0, '_');
        string identifier = text.ToString();
        return SyntaxFacts.IsValidIdentifier(identifier) && SyntaxFacts.GetKeywordKind(identifier) == SyntaxKind.None ? identifier : "_" + Hex(identifier);
    }

    /// <summary>A name that C# already has, as it is written where it is a keyword.</summary>
    public static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    private static bool IsPart(char letter) => letter < 128 ? char.IsLetterOrDigit(letter) : char.IsLetter(letter);

    private static void AppendWord(StringBuilder text, string word)
    {
        // 'a_1_2' and 'a_12' are two names.
        if (text.Length > 0 && char.IsDigit(text[text.Length - 1]) && char.IsDigit(word[0]))
            text.Append('_');
        bool shouts = word.Length > 1;
        foreach (char letter in word)
            shouts &= !char.IsLower(letter);
        text.Append(char.ToUpperInvariant(word[0])).Append(shouts ? word.Substring(1).ToLowerInvariant() : word.Substring(1));
    }

    private static string Hex(string text)
    {
        var hex = new StringBuilder();
        foreach (char letter in text)
            hex.Append(((int)letter).ToString("X4", CultureInfo.InvariantCulture));
        return hex.ToString();
    }
}
