using System.Globalization;
using System.Text;

namespace Headrace.Bindings.Shapes;

/// <summary>
/// Shapes as text, a line each: what the tool hands to the generator, and what is committed as a contract and read in reviews.
/// What follows a <c>|</c> is C's declaration, for people.
/// </summary>
internal static class ShapeText
{
    private const string ObjectHead = "headrace-object 1";
    private const string ContractHead = "headrace-contract 1";
    private const string ContractNote = "# What the C# was last built against: commit it. After a change you want: dotnet build -p:AcceptBpfChanges=true";

    /// <summary>Everything, for the generator.</summary>
    public static string WriteObject(ObjectShape shape)
    {
        var text = new StringBuilder();
        Line(text, ObjectHead);
        Line(text, "path " + Escape(shape.Path));
        Line(text, "resource " + Escape(shape.Resource));
        if (shape.Error is { } error)
            Line(text, "error " + Escape(error));
        foreach (ShapeChange change in shape.Changes)
            Line(text, $"change {change.Id} {Escape(change.Message)}");
        WriteShapes(text, shape, all: true);
        return text.ToString();
    }

    /// <summary>What a contract holds: the same without places, and only types that maps and variables need.</summary>
    public static string WriteContract(ObjectShape shape)
    {
        var text = new StringBuilder();
        Line(text, ContractHead);
        Line(text, ContractNote);
        WriteShapes(text, shape, all: false);
        return text.ToString();
    }

    /// <summary>Reads either.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static ObjectShape Read(string text)
    {
        string[] lines = text.Split('\n');
        string head = lines[0].TrimEnd('\r');
        if (head is not (ObjectHead or ContractHead))
            throw new FormatException($"it starts with '{(head.Length > 40 ? head.Substring(0, 40) : head)}' instead of '{ObjectHead}'");
        var shape = new ObjectShape();
        for (int i = 1; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r');
            if (line.Length == 0 || line[0] == '#')
                continue;
            try
            {
                ReadLine(shape, line);
            }
            catch (Exception error) when (error is FormatException or OverflowException or IndexOutOfRangeException)
            {
                throw new FormatException($"line {i + 1}: {error.Message}", error);
            }
        }
        return shape;
    }

    private static void WriteShapes(StringBuilder text, ObjectShape shape, bool all)
    {
        foreach (ProgramShape program in shape.Programs)
            Line(text, $"program {Escape(program.Name)} {program.Type}");
        foreach (MapShape map in shape.Maps)
            Line(text, $"map {Escape(map.Name)} {map.Type} {Number(map.KeySize)} {Number(map.ValueSize)} {Type(map.Key)} {Type(map.Value)}");
        foreach (VariableShape variable in shape.Variables)
        {
            Line(text, $"variable {Escape(variable.Name)} {Escape(variable.Section)} {(variable.IsConstant ? "constant" : "writable")} {Number(variable.Offset)} "
                + $"{Number(variable.Size)} {Type(variable.Type)} | {Comment(variable.Declaration)}");
        }
        foreach (TypeShape type in shape.Types)
        {
            if (!all && !type.IsUsed)
                continue;
            Line(text, $"type {Escape(type.Key)} {Number(type.Size)} {(type.IsSigned ? "signed" : "unsigned")} {(type.IsUsed ? "used" : "unused")}");
            foreach (MemberShape member in type.Members)
            {
                Line(text, member.Type is null
                    ? $"  {Escape(member.Name)} {Number(member.BitOffset)}"
                    : $"  {Escape(member.Name)} {Number(member.BitOffset)} {Number(member.BitSize)} {Type(member.Type)} | {Comment(member.Declaration)}");
            }
        }
    }

    private static void ReadLine(ObjectShape shape, string line)
    {
        int bar = line.IndexOf('|');
        string comment = bar < 0 ? "" : line.Substring(bar + 1).Trim();
        string[] words = (bar < 0 ? line : line.Substring(0, bar)).Split([' '], StringSplitOptions.RemoveEmptyEntries);
        if (line[0] == ' ')
        {
            List<MemberShape> members = shape.Types.Count > 0 ? shape.Types[shape.Types.Count - 1].Members : throw new FormatException("a member without a type");
            members.Add(words.Length == 2
                ? new MemberShape(Unescape(words[0]), Number(words[1]), 0, null, "")
                : new MemberShape(Unescape(words[0]), Number(words[1]), (int)Number(words[2]), TypeReference.Parse(Unescape(words[3])), comment));
            return;
        }
        switch (words[0])
        {
            case "path":
                shape.Path = Unescape(words[1]);
                break;
            case "resource":
                shape.Resource = Unescape(words[1]);
                break;
            case "error":
                shape.Error = Unescape(words[1]);
                break;
            case "change":
                shape.Changes.Add(new ShapeChange(words[1], Unescape(words[2])));
                break;
            case "program":
                shape.Programs.Add(new ProgramShape(Unescape(words[1]), words[2]));
                break;
            case "map":
                shape.Maps.Add(new MapShape(Unescape(words[1]), words[2], Number(words[3]), Number(words[4]),
                    TypeReference.Parse(Unescape(words[5])), TypeReference.Parse(Unescape(words[6]))));
                break;
            case "variable":
                shape.Variables.Add(new VariableShape(Unescape(words[1]), Unescape(words[2]), words[3] == "constant", Number(words[4]), Number(words[5]),
                    TypeReference.Parse(Unescape(words[6])), comment));
                break;
            case "type":
                string key = Unescape(words[1]);
                if (key.IndexOf(':') < 0)
                    throw new FormatException($"'{key}' names no type");
                shape.Types.Add(new TypeShape(key, Number(words[2]), words[3] == "signed", words[4] == "used", []));
                break;
            default:
                throw new FormatException($"'{words[0]}' is not known");
        }
    }

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static string Type(TypeReference? type) => type is null ? "-" : Escape(type.Text);

    private static string Comment(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (char letter in text)
            line.Append(char.IsControl(letter) ? ' ' : letter);
        return line.ToString().Trim();
    }

    /// <summary>Words hold no spaces, bars or control characters: such stand as <c>%</c> and four hexadecimal digits.</summary>
    private static string Escape(string word)
    {
        if (word.Length == 0)
            return "%";
        var text = new StringBuilder(word.Length);
        foreach (char letter in word)
        {
            if (letter is > ' ' and <= '~' and not ('%' or '|'))
                text.Append(letter);
            else
                text.Append('%').Append(((int)letter).ToString("x4", CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    internal static string Unescape(string word)
    {
        if (word == "%")
            return "";
        if (word.IndexOf('%') < 0)
            return word;
        var text = new StringBuilder(word.Length);
        for (int i = 0; i < word.Length; i++)
        {
            if (word[i] != '%')
            {
                text.Append(word[i]);
                continue;
            }
            if (i + 4 >= word.Length)
                throw new FormatException("a '%' without four digits");
            text.Append((char)int.Parse(word.Substring(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            i += 4;
        }
        return text.ToString();
    }
}
