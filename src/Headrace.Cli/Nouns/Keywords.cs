using System.Globalization;

namespace Headrace.Cli.Nouns;

/// <summary>Reads the words behind a noun as bpftool does: keywords may be abbreviated, numbers may be decimal, 0x or octal.</summary>
internal sealed class Keywords(IReadOnlyList<string> words)
{
    private int _next;

    /// <summary>True when no word is left.</summary>
    public bool IsEmpty => _next == words.Count;

    /// <summary>The next word, which stays; null when there is none.</summary>
    public string? Peek => IsEmpty ? null : words[_next];

    /// <summary>True when a word stands for a keyword: it is the keyword or its beginning.</summary>
    public static bool Matches(string? word, string keyword) => word?.Length > 0 && keyword.StartsWith(word, StringComparison.Ordinal);

    /// <summary>Takes the next word if it stands for a keyword.</summary>
    public bool Accept(string keyword)
    {
        if (!Matches(Peek, keyword))
            return false;
        _next++;
        return true;
    }

    /// <summary>Takes the next word if it stands for one of some keywords; the keyword, or null.</summary>
    public string? AcceptAny(params ReadOnlySpan<string> keywords)
    {
        foreach (string keyword in keywords)
        {
            if (Accept(keyword))
                return keyword;
        }
        return null;
    }

    /// <summary>Takes a keyword that must be there.</summary>
    /// <exception cref="UsageException">Another word is there, or none.</exception>
    public void Expect(string keyword)
    {
        if (!Accept(keyword))
            throw new UsageException(IsEmpty ? $"'{keyword}' is missing" : $"'{keyword}' is expected where '{Peek}' stands");
    }

    /// <summary>Takes the next word, whatever it is.</summary>
    /// <param name="what">What it should be, for the error.</param>
    /// <exception cref="UsageException">There is none.</exception>
    public string Next(string what) => IsEmpty ? throw new UsageException($"{what} is missing") : words[_next++];

    /// <summary>Takes a number.</summary>
    /// <exception cref="UsageException">There is none, or it is no number that fits.</exception>
    public ulong Number(string what, ulong most = uint.MaxValue)
    {
        string word = Next(what);
        return TryNumber(word, out ulong number) && number <= most ? number : throw new UsageException($"{what}: '{word}' is no number up to {most}");
    }

    /// <summary>Takes bytes: <c>hex</c> and two digits each, or numbers up to 255.</summary>
    /// <exception cref="UsageException">There are fewer, or a word is no byte.</exception>
    public byte[] Bytes(int count, string what)
    {
        bool hex = Accept("hex");
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            string word = IsEmpty ? throw new UsageException($"{what}: {count} bytes are needed, there are {i}") : words[_next++];
            ulong value;
            bool read = hex ? ulong.TryParse(word, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) : TryNumber(word, out value);
            if (!read || value > byte.MaxValue)
                throw new UsageException($"{what}: '{word}' is no byte ({count} bytes are needed, this is number {i + 1})");
            bytes[i] = (byte)value;
        }
        return bytes;
    }

    /// <summary>Ends the reading.</summary>
    /// <exception cref="UsageException">A word is left.</exception>
    public void End()
    {
        if (!IsEmpty)
            throw new UsageException($"what is '{Peek}'? nothing more is expected there");
    }

    // As strtoul(3) with base 0.
    private static bool TryNumber(string word, out ulong number)
    {
        number = 0;
        if (word.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            return ulong.TryParse(word.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
        if (word.Length < 2 || word[0] != '0')
            return ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        foreach (char digit in word)
        {
            if (digit is < '0' or > '7' || number >> 61 != 0)
                return false;
            number = (number << 3) + (uint)(digit - '0');
        }
        return true;
    }
}
