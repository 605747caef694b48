namespace Headrace.Engine;

/// <summary>Integers in text as <c>bpf_strtol</c> and <c>bpf_strtoul</c> read them.</summary>
internal static unsafe class IntegerText
{
    private const int LongestText = 63; // the kernel parses a copy of at most 63 characters behind the sign
    private const ulong BaseMask = 0x1f; // BPF_STRTOX_BASE_MASK, kernel/bpf/helpers.c

    /// <summary>Reads a signed integer; the number of characters consumed, or -EINVAL or -ERANGE.</summary>
    public static long ParseSigned(byte* text, ulong length, ulong flags, out long value)
    {
        value = 0;
        long consumed = Parse(text, length, flags, out ulong magnitude, out bool negative);
        if (consumed < 0)
            return consumed;
        long signed = (long)(negative ? 0 - magnitude : magnitude);
        if (negative ? signed > 0 : signed < 0)
            return -Errno.ERANGE;
        value = signed;
        return consumed;
    }

    /// <summary>Reads an unsigned integer; the number of characters consumed, or -EINVAL (also for a minus sign) or -ERANGE.</summary>
    public static long ParseUnsigned(byte* text, ulong length, ulong flags, out ulong value)
    {
        value = 0;
        long consumed = Parse(text, length, flags, out ulong magnitude, out bool negative);
        if (consumed < 0)
            return consumed;
        if (negative)
            return -Errno.EINVAL;
        value = magnitude;
        return consumed;
    }

    private static long Parse(byte* text, ulong length, ulong flags, out ulong value, out bool negative)
    {
        value = 0;
        negative = false;
        uint radix = (uint)(flags & BaseMask);
        if (length == 0 || radix is not (0 or 8 or 10 or 16) || (flags & ~BaseMask) != 0)
            return -Errno.EINVAL;

        ulong start = 0;
        while (start < length && KernelText.IsSpace(text[start]))
            start++;
        negative = start < length && text[start] == '-';
        if (negative)
            start++;
        if (start == length)
            return -Errno.EINVAL;

        int room = (int)Math.Min(length - start, LongestText);
        var digits = new ReadOnlySpan<byte>(text + start, room);
        int zero = digits.IndexOf((byte)0);
        if (zero >= 0)
            digits = digits[..zero];

        int prefix = 0;
        bool hexPrefix = digits.Length >= 2 && digits[0] == '0' && (digits[1] | 0x20) == 'x';
        if (radix == 0)
        {
            radix = digits.Length == 0 || digits[0] != '0' ? 10u
                : hexPrefix && digits.Length >= 3 && char.IsAsciiHexDigit((char)digits[2]) ? 16u : 8u;
        }
        if (radix == 16 && hexPrefix)
            prefix = 2;

        int end = prefix;
        bool overflow = false;
        for (; end < digits.Length; end++)
        {
            uint digit = DigitValue(digits[end]);
            if (digit >= radix)
                break;
            overflow |= value > (ulong.MaxValue - digit) / radix;
            value = value * radix + digit;
        }
        if (overflow)
            return -Errno.ERANGE;
        if (end == prefix)
            return -Errno.EINVAL;
        return (long)start + end;
    }

    private static uint DigitValue(byte character)
    {
        if (character is >= (byte)'0' and <= (byte)'9')
            return character - (uint)'0';
        int lower = character | 0x20;
        return lower is >= 'a' and <= 'f' ? (uint)(lower - 'a' + 10) : uint.MaxValue;
    }
}
