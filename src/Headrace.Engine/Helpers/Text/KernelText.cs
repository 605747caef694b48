namespace Headrace.Engine;

/// <summary>Character classes as the kernel's table has them: ASCII and Latin-1.</summary>
internal static class KernelText
{
    /// <summary>White space: tab to carriage return, space, no-break space.</summary>
    public static bool IsSpace(byte character) => character is (>= 9 and <= 13) or 32 or 160;

    /// <summary>ASCII punctuation.</summary>
    public static bool IsPunctuation(byte character) => character < 128 && (char.IsPunctuation((char)character) || char.IsSymbol((char)character));

    /// <summary>Letters and digits, of Latin-1 too.</summary>
    public static bool IsAlphanumeric(byte character) =>
        char.IsAsciiLetterOrDigit((char)character) || character is >= 0xc0 and not (0xd7 or 0xf7);

    /// <summary>What may stand in a format: printable ASCII, ASCII white space, and bytes of UTF-8.</summary>
    public static bool IsFormatCharacter(byte character) => character is (>= 32 and not 127) or (>= 9 and <= 13);
}
