using Headrace.Bytecode;

namespace Headrace.Cli;

/// <summary>Hex bytes as people and scripts write them.</summary>
internal static class Hex
{
    /// <summary>Reads hex digits; white space between them is ignored.</summary>
    /// <exception cref="HeadraceException">Something else is among them, or their number is odd.</exception>
    public static byte[] Parse(string text, string what)
    {
        string digits = string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));
        int bad = digits.AsSpan().IndexOfAnyExcept("0123456789abcdefABCDEF");
        if (bad >= 0)
            throw new HeadraceException($"{what}: '{digits[bad]}' is no hex digit");
        if (digits.Length % 2 != 0)
            throw new HeadraceException($"{what}: {digits.Length} hex digits are no whole number of bytes");
        return Convert.FromHexString(digits);
    }
}
