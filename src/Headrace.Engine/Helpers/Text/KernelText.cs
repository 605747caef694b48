namespace Headrace.Engine;

/// <summary>Character classes as the kernel's table has them: ASCII and Latin-1.</summary>
internal static class KernelText
{
    /// <summary>White space: tab to carriage return, space, no-break space.</summary>
    public static bool IsSpace(byte character) => character is (>= 9 and <= 13) or 32 or 160;

    /// <summary>ASCII punctuation.</summary>
    public static bool IsPunctuation(byte character) => character < 128 && (char.IsPunctuation((char)character) || char.IsSymbol((char)character));

    /// <summary>What may stand in a format: printable ASCII and ASCII white space.</summary>
    public static bool IsFormatCharacter(byte character) => character is (>= 32 and < 127) or (>= 9 and <= 13);
}
