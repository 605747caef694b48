using System.Globalization;

namespace Headrace.Engine;

/// <summary>Prints a format with a program's arguments, as <c>bpf_snprintf</c> and <c>bpf_trace_printk</c> do.</summary>
internal static unsafe class Formatter
{
    /// <summary>Most arguments one call may have (<c>MAX_BPRINTF_VARARGS</c>, include/linux/bpf.h).</summary>
    public const int MaxArguments = 12;

    /// <summary>Most characters one line of trace output has (<c>MAX_BPRINTF_BUF</c>, include/linux/bpf.h).</summary>
    public const int LongestTraceLine = 1024;

    private const int ArgumentRoom = 512; // MAX_BPRINTF_BIN_ARGS: what copies of the arguments may take together

    private static readonly SipHash s_pointerHash = new(unchecked((ulong)Random.Shared.NextInt64()), unchecked((ulong)Random.Shared.NextInt64()));

    /// <summary>The length of a format up to its zero byte, or -EINVAL when there is none in <paramref name="size"/> bytes.</summary>
    public static int Terminated(byte* format, int size)
    {
        int length = new ReadOnlySpan<byte>(format, size).IndexOf((byte)0);
        return length < 0 ? -Errno.EINVAL : length;
    }

    /// <summary>
    /// Prints into <paramref name="buffer"/>, which ends with a zero byte when <paramref name="size"/> is not 0. Answers the length the
    /// whole text has, or -EINVAL (bad format, too few arguments) or -ENOSPC (too much to copy) with the buffer untouched.
    /// </summary>
    public static long Print(Machine machine, byte* buffer, long size, byte* format, int formatLength, ulong* arguments, int count)
    {
        // Strings live on in a copy between the check and the printing, and share its room with the numbers: a long one is cut short.
        byte* copies = stackalloc byte[ArgumentRoom];
        int* starts = stackalloc int[MaxArguments];
        int error = Prepare(machine, format, formatLength, arguments, count, copies, starts);
        if (error != 0)
            return error;

        var sink = new TextSink(buffer, size);
        var reader = new FormatReader(format, formatLength);
        int argument = 0;
        while (reader.Next(out FormatItem item) > 0)
        {
            if (!item.IsConversion)
                sink.Put(new ReadOnlySpan<byte>(format + item.Start, item.Length));
            else
                PrintItem(ref sink, item, arguments[argument], copies + starts[argument++]);
            if (item.IsPointer)
                reader.SkipAlphanumerics();
        }
        sink.Terminate();
        return sink.Length;
    }

    private static int Prepare(Machine machine, byte* format, int formatLength, ulong* arguments, int count, byte* copies, int* starts)
    {
        var reader = new FormatReader(format, formatLength);
        int used = 0, argument = 0, found;
        while ((found = reader.Next(out FormatItem item)) > 0)
        {
            if (!item.IsConversion)
                continue;
            if (argument >= count)
                return -Errno.EINVAL;
            ulong value = arguments[argument];
            int start = used;
            switch (item.Conversion)
            {
                case FormatConversion.String:
                    if (used == ArgumentRoom)
                        return -Errno.ENOSPC;
                    used += CopyString(machine, value, copies + used, ArgumentRoom - used);
                    break;
                case FormatConversion.Ipv4 or FormatConversion.Ipv6:
                    int addressSize = item.Conversion == FormatConversion.Ipv4 ? 4 : 16;
                    if (ArgumentRoom - used < addressSize)
                        return -Errno.ENOSPC;
                    used += PrintAddress(machine, item, value, copies + used, ArgumentRoom - used);
                    break;
                case FormatConversion.Character:
                    if (used == ArgumentRoom)
                        return -Errno.ENOSPC;
                    used++;
                    break;
                default:
                    used = (used + 3) & ~3;
                    int size = item.IsLong ? 8 : 4;
                    if (ArgumentRoom - used < size)
                        return -Errno.ENOSPC;
                    used += size;
                    break;
            }
            starts[argument++] = start;
        }
        return found;
    }

    /// <summary>Copies a string with its zero byte; an empty one when the program may not read it.</summary>
    private static int CopyString(Machine machine, ulong address, byte* target, int room)
    {
        for (int length = 0; length < room; length++)
        {
            if (!machine.MayAccess(address + (uint)length, 1, write: false))
                break;
            target[length] = ((byte*)address)[length];
            if (target[length] == 0)
                return length + 1;
            if (length == room - 1)
            {
                target[length] = 0;
                return room;
            }
        }
        target[0] = 0;
        return 1;
    }

    private static int PrintAddress(Machine machine, in FormatItem item, ulong address, byte* target, int room)
    {
        byte* bytes = stackalloc byte[16];
        int size = item.Conversion == FormatConversion.Ipv4 ? 4 : 16;
        if (machine.MayAccess(address, (uint)size, write: false))
            Buffer.MemoryCopy((byte*)address, bytes, 16, size);
        else
            new Span<byte>(bytes, size).Clear();

        Span<byte> text = stackalloc byte[40];
        int length = 0;
        for (int i = 0; i < size; i++)
        {
            string format = size == 16 ? "x2" : item.Punctuated ? "" : "d3";
            bytes[i].TryFormat(text[length..], out int written, format, CultureInfo.InvariantCulture);
            length += written;
            if (i < size - 1 && (size == 4 || (item.Punctuated && i % 2 == 1)))
                text[length++] = size == 4 ? (byte)'.' : (byte)':';
        }
        var sink = new TextSink(target, room);
        sink.Put(text[..length]);
        sink.Terminate();
        return Math.Min(length, room - 1) + 1;
    }

    private static void PrintItem(ref TextSink sink, in FormatItem item, ulong value, byte* copy)
    {
        switch (item.Conversion)
        {
            case FormatConversion.String or FormatConversion.Ipv4 or FormatConversion.Ipv6:
                int length = 0;
                while (copy[length] != 0)
                    length++;
                var text = new ReadOnlySpan<byte>(copy, length);
                // The kernel's printer knows no width for these, and leaves them out when the buffer is full already.
                if (!item.IsPointer)
                    PrintPadded(ref sink, item, text);
                else if (!sink.IsFull)
                    sink.Put(text);
                break;
            case FormatConversion.Character:
                PrintPadded(ref sink, item, [(byte)value]);
                break;
            case FormatConversion.HashedPointer:
                Span<byte> key = stackalloc byte[8];
                BitConverter.TryWriteBytes(key, value);
                PrintPointer(ref sink, item, (uint)s_pointerHash.Compute(key));
                break;
            case FormatConversion.Pointer:
                PrintPointer(ref sink, item, value);
                break;
            case FormatConversion.Symbol:
                Span<byte> symbol = stackalloc byte[18];
                "0x"u8.CopyTo(symbol);
                value.TryFormat(symbol[2..], out int written, "x", CultureInfo.InvariantCulture);
                PrintPadded(ref sink, item, symbol[..(written + 2)]);
                break;
            default:
                PrintNumber(ref sink, item, value);
                break;
        }
    }

    private static void PrintPointer(ref TextSink sink, FormatItem item, ulong value)
    {
        if (item.Width < 0)
        {
            item.Width = 2 * sizeof(ulong);
            item.Zero = true;
        }
        item.Conversion = FormatConversion.LowerHex;
        PrintNumber(ref sink, item, value);
    }

    private static void PrintNumber(ref TextSink sink, in FormatItem item, ulong value)
    {
        byte sign = 0;
        if (item.Conversion == FormatConversion.Signed)
        {
            long signed = item.IsLong ? (long)value : (int)value;
            sign = signed < 0 ? (byte)'-' : item.Plus ? (byte)'+' : item.Space ? (byte)' ' : (byte)0;
            value = signed < 0 ? 0 - (ulong)signed : (ulong)signed;
        }
        else if (!item.IsLong)
        {
            value = (uint)value;
        }

        Span<byte> digits = stackalloc byte[20];
        string format = item.Conversion switch { FormatConversion.LowerHex => "x", FormatConversion.UpperHex => "X", _ => "" };
        value.TryFormat(digits, out int length, format, CultureInfo.InvariantCulture);
        long padding = item.Width - length - (sign == 0 ? 0 : 1);
        if (!item.Left && !item.Zero)
            sink.Fill((byte)' ', padding);
        if (sign != 0)
            sink.Put(sign);
        if (!item.Left && item.Zero)
            sink.Fill((byte)'0', padding);
        sink.Put(digits[..length]);
        if (item.Left)
            sink.Fill((byte)' ', padding);
    }

    private static void PrintPadded(ref TextSink sink, in FormatItem item, ReadOnlySpan<byte> text)
    {
        if (!item.Left)
            sink.Fill((byte)' ', item.Width - text.Length);
        sink.Put(text);
        if (item.Left)
            sink.Fill((byte)' ', item.Width - text.Length);
    }
}
