namespace Headrace.Verifier;

/// <summary>The format strings that the kernel's text helpers take (bpf-helpers(7), <c>bpf_snprintf</c> and <c>bpf_trace_printk</c>).</summary>
internal static class FormatRules
{
    /// <summary>Says whether a format is one the kernel takes, with so many arguments at hand.</summary>
    /// <param name="format">The format without its terminating zero.</param>
    /// <param name="arguments">Arguments at hand, at most.</param>
    public static bool IsValid(ReadOnlySpan<byte> format, int arguments)
    {
        foreach (byte letter in format)
        {
            if (letter >= 0x7f || (letter < ' ' && !IsSpace(letter)))
                return false;
        }
        int used = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
                continue;
            if (At(format, i + 1) == '%')
            {
                i++;
                continue;
            }
            if (used >= arguments)
                return false;
            i = SkipConversion(format, i + 1);
            if (i < 0)
                return false;
            used++;
        }
        return true;
    }

    // The index of a conversion's last letter; negative when it is not taken.
    private static int SkipConversion(ReadOnlySpan<byte> format, int i)
    {
        while (At(format, i) is '0' or '+' or '-' or ' ')
            i++;
        if (At(format, i) is >= '1' and <= '9')
        {
            while (At(format, i) is >= '0' and <= '9')
                i++;
        }
        switch (At(format, i))
        {
            case 'p':
                return SkipPointer(format, i);
            case 's':
                return EndsWord(At(format, i + 1)) ? i : -1;
            case 'c':
                return i;
            default:
                break;
        }
        for (int longs = 0; longs < 2 && At(format, i) == 'l'; longs++)
            i++;
        return At(format, i) is 'i' or 'd' or 'u' or 'x' or 'X' ? i : -1;
    }

    private static int SkipPointer(ReadOnlySpan<byte> format, int i)
    {
        char next = At(format, i + 1);
        if (next is 'k' or 'u' && At(format, i + 2) == 's')
            return EndsWord(At(format, i + 3)) ? i + 2 : -1;
        if (EndsWord(next) || next is 'K' or 'x' or 's' or 'S')
            return i;
        if (next == 'B')
            return i + 1;
        return next is 'i' or 'I' && At(format, i + 2) is '4' or '6' ? i + 2 : -1;
    }

    private static char At(ReadOnlySpan<byte> format, int i) => i < format.Length ? (char)format[i] : '\0';

    private static bool IsSpace(int letter) => letter is ' ' or (>= '\t' and <= '\r');

    private static bool EndsWord(char letter) => letter == '\0' || IsSpace(letter) || (letter is > ' ' and < '\x7f' && !char.IsAsciiLetterOrDigit(letter));
}
