namespace Headrace.Engine;

/// <summary>Splits a format into its pieces by the rules BPF programs are held to (bpf-helpers(7), <c>bpf_trace_printk</c>).</summary>
/// <remarks>A subset of printf: flags and width, no precision, no <c>%o</c>, and of the <c>%p</c> family only the harmless members.</remarks>
internal unsafe struct FormatReader(byte* format, int length)
{
    private const int WidestField = (1 << 23) - 1; // FIELD_WIDTH_MAX, lib/vsprintf.c

    private readonly byte* _format = format;
    private readonly int _length = length;
    private int _at;

    /// <summary>Reads the next piece: 1 when there is one, 0 at the end, -EINVAL for what is not allowed.</summary>
    public int Next(out FormatItem item)
    {
        item = new FormatItem { Width = -1 };
        if (_at >= _length)
            return 0;
        if (!KernelText.IsFormatCharacter(_format[_at]))
            return -Errno.EINVAL;
        if (_format[_at] != '%')
        {
            item.Start = _at;
            while (_at < _length && _format[_at] != '%')
            {
                if (!KernelText.IsFormatCharacter(_format[_at]))
                    return -Errno.EINVAL;
                _at++;
            }
            item.Length = _at - item.Start;
            return 1;
        }
        if (Peek(1) == '%')
        {
            item.Start = _at;
            item.Length = 1;
            _at += 2;
            return 1;
        }
        _at++;
        item.IsConversion = true;
        ReadFlags(ref item);
        return ReadConversion(ref item) ? 1 : -Errno.EINVAL;
    }

    /// <summary>Passes over letters and digits, as the kernel's printer does behind every conversion of the <c>%p</c> family.</summary>
    public void SkipAlphanumerics()
    {
        while (KernelText.IsAlphanumeric(Peek(0)))
            _at++;
    }

    private void ReadFlags(ref FormatItem item)
    {
        for (; ; _at++)
        {
            switch (Peek(0))
            {
                case (byte)'0': item.Zero = true; continue;
                case (byte)'+': item.Plus = true; continue;
                case (byte)'-': item.Left = true; continue;
                case (byte)' ': item.Space = true; continue;
            }
            break;
        }
        if (Peek(0) is < (byte)'1' or > (byte)'9')
            return;
        int width = 0;
        for (; char.IsAsciiDigit((char)Peek(0)); _at++)
            width = Math.Min(width * 10 + (Peek(0) - '0'), WidestField);
        item.Width = width;
    }

    private bool ReadConversion(ref FormatItem item)
    {
        switch (Peek(0))
        {
            case (byte)'p':
                return ReadPointer(ref item);
            case (byte)'s':
                item.Conversion = FormatConversion.String;
                return EndsWord(1) && Take(1);
            case (byte)'c':
                item.Conversion = FormatConversion.Character;
                return Take(1);
        }
        for (int i = 0; i < 2 && Peek(0) == 'l'; i++)
        {
            item.IsLong = true;
            _at++;
        }
        switch (Peek(0))
        {
            case (byte)'d' or (byte)'i':
                item.Conversion = FormatConversion.Signed;
                break;
            case (byte)'u':
                item.Conversion = FormatConversion.Unsigned;
                break;
            case (byte)'x':
                item.Conversion = FormatConversion.LowerHex;
                break;
            case (byte)'X':
                item.Conversion = FormatConversion.UpperHex;
                break;
            default:
                return false;
        }
        return Take(1);
    }

    private bool ReadPointer(ref FormatItem item)
    {
        item.IsLong = true;
        item.IsPointer = true;
        byte kind = Peek(1);
        if (kind is (byte)'k' or (byte)'u' && Peek(2) == 's')
        {
            item.Conversion = FormatConversion.String;
            return EndsWord(3) && Take(3);
        }
        if (EndsWord(1))
        {
            item.Conversion = FormatConversion.HashedPointer;
            return Take(1);
        }
        switch (kind)
        {
            case (byte)'K':
                item.Conversion = FormatConversion.HashedPointer;
                return Take(2);
            case (byte)'x':
                item.Conversion = FormatConversion.Pointer;
                return Take(2);
            case (byte)'s' or (byte)'S' or (byte)'B':
                item.Conversion = FormatConversion.Symbol;
                return Take(2);
            case (byte)'i' or (byte)'I' when Peek(2) is (byte)'4' or (byte)'6':
                item.Conversion = Peek(2) == '4' ? FormatConversion.Ipv4 : FormatConversion.Ipv6;
                item.Punctuated = kind == 'I';
                return Take(3);
        }
        return false;
    }

    private readonly byte Peek(int ahead) => _at + ahead < _length ? _format[_at + ahead] : (byte)0;

    private readonly bool EndsWord(int ahead) => Peek(ahead) is var next && (next == 0 || KernelText.IsSpace(next) || KernelText.IsPunctuation(next));

    private bool Take(int count)
    {
        _at += count;
        return true;
    }
}
