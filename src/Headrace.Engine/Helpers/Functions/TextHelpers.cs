using System.Text;

namespace Headrace.Engine;

/// <summary>Helpers that print and parse text.</summary>
internal static unsafe class TextHelpers
{
    private const int TracePrintkArguments = 3; // MAX_TRACE_PRINTK_VARARGS, kernel/trace/bpf_trace.c
    private const ulong LongestConstant = 1 << 16; // a bound on strings that end somewhere in a read-only map

    public static ulong TracePrintk<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        ulong* arguments = stackalloc ulong[TracePrintkArguments] { r3, r4, r5 };
        return Trace(machine, TAccess.Read(machine, r1, (uint)r2), (int)(uint)r2, arguments, TracePrintkArguments);
    }

    public static ulong TraceVprintk<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        uint size = (uint)r4;
        if (!AreArguments(r3, size))
            return Result.Error(Errno.EINVAL);
        byte* format = TAccess.Read(machine, r1, (uint)r2);
        return Trace(machine, format, (int)(uint)r2, (ulong*)TAccess.Read(machine, r3, size), (int)size / sizeof(ulong));
    }

    public static ulong Snprintf<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        uint size = (uint)r5;
        if (!AreArguments(r4, size))
            return Result.Error(Errno.EINVAL);
        byte* buffer = TAccess.Write(machine, r1, (uint)r2);
        byte* format = TAccess.ReadString(machine, r3, LongestConstant);
        int length = Formatter.Terminated(format, (int)LongestConstant);
        if (length < 0)
            return (ulong)(long)length;
        ulong* arguments = (ulong*)TAccess.Read(machine, r4, size);
        long printed = Formatter.Print(machine, buffer, (uint)r2, format, length, arguments, (int)size / sizeof(ulong));
        return (ulong)(printed < 0 ? printed : printed + 1);
    }

    public static ulong Strncmp<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        uint size = (uint)r2;
        byte* left = TAccess.Read(machine, r1, size);
        byte* right = TAccess.ReadString(machine, r3, size);
        for (uint i = 0; i < size; i++)
        {
            if (left[i] != right[i])
                return left[i] < right[i] ? ulong.MaxValue : 1;
            if (left[i] == 0)
                break;
        }
        return 0;
    }

    public static ulong Strtol<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        byte* text = TAccess.Read(machine, r1, (uint)r2);
        long* value = (long*)TAccess.Write(machine, r4, sizeof(long));
        return (ulong)IntegerText.ParseSigned(text, (uint)r2, r3, out *value);
    }

    public static ulong Strtoul<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        byte* text = TAccess.Read(machine, r1, (uint)r2);
        ulong* value = (ulong*)TAccess.Write(machine, r4, sizeof(ulong));
        return (ulong)IntegerText.ParseUnsigned(text, (uint)r2, r3, out *value);
    }

    private static bool AreArguments(ulong address, uint size) =>
        size % sizeof(ulong) == 0 && size <= Formatter.MaxArguments * sizeof(ulong) && (size == 0 || address != 0);

    private static ulong Trace(Machine machine, byte* format, int size, ulong* arguments, int count)
    {
        int length = Formatter.Terminated(format, size);
        if (length < 0)
            return (ulong)(long)length;
        byte* line = stackalloc byte[Formatter.LongestTraceLine];
        long printed = Formatter.Print(machine, line, Formatter.LongestTraceLine, format, length, arguments, count);
        if (printed >= 0)
            machine.Options.TraceSink?.Invoke(Encoding.UTF8.GetString(line, (int)Math.Min(printed, Formatter.LongestTraceLine - 1)));
        return (ulong)printed;
    }
}
