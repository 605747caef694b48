using System.Globalization;
using System.Text;

namespace Headrace.Linux.Tests.Helpers;

public class TextHelperTests
{
    private static readonly byte[] s_packet = new byte[64];

    public static readonly TheoryData<string> Numbers =
    [
        "0", "1", "-1", "+1", "  42", "\t-42x", "0x1f", "0X1F", "0x", "0xg", "077", "08", "-", "- 1", " ", "9223372036854775807",
        "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615", "18446744073709551616",
        "99999999999999999999999999999999999999999999999999999999999999999999999999", "12 34", "abc", "ffff", "\u00a07", "--5",
        "000000000000000000000000000000000000000000000000000000000000000000000000000001",
    ];

    [Theory, MemberData(nameof(Numbers))]
    public void Numbers_are_parsed_as_the_kernel_parses_them(string number)
    {
        var pool = new ConstantPool();
        int offset = pool.Add(number);
        var text = new StringBuilder("r6 = map[out][0]+0 ll\n");
        int at = 0;
        foreach (string helper in new[] { "strtol", "strtoul" })
        {
            foreach (int flags in new[] { 0, 8, 10, 16, 2, 32, 64 })
            {
                foreach (int length in new[] { number.Length, number.Length + 1, Math.Max(1, number.Length - 1) })
                {
                    text.AppendLine(CultureInfo.InvariantCulture, $"r1 = map[text][0]+{offset} ll");
                    text.AppendLine(CultureInfo.InvariantCulture, $"r2 = {length}");
                    text.AppendLine(CultureInfo.InvariantCulture, $"r3 = {flags}");
                    text.AppendLine("r4 = r10\nr4 += -8\nr5 = 7\n*(u64 *)(r10 -8) = r5");
                    text.AppendLine(CultureInfo.InvariantCulture, $"call {helper}");
                    text.AppendLine(CultureInfo.InvariantCulture, $"*(u64 *)(r6 +{at}) = r0");
                    text.AppendLine("r1 = *(u64 *)(r10 -8)");
                    text.AppendLine(CultureInfo.InvariantCulture, $"*(u64 *)(r6 +{at + 8}) = r1");
                    at += 16;
                }
            }
        }
        text.AppendLine("r0 = 2\nexit");
        using var trial = new HelperTrial(text.ToString(), constants: pool.ToArray());
        trial.Agree(s_packet, number);
    }

    [Theory]
    [InlineData("plain text")]
    [InlineData("%d|%i|%u|%x|%X")]
    [InlineData("%ld|%li|%lu|%lx|%lX")]
    [InlineData("%lld|%llu|%llx")]
    [InlineData("%5d|%-5d|%05d|%+d|% d|%-05d")]
    [InlineData("%12ld|%-12lx|%012lX|%+ld")]
    [InlineData("%c%c|%3c|%-3c|")]
    [InlineData("%% %d %%")]
    [InlineData("%0+- 7d|")]
    [InlineData("%px|%px")]
    [InlineData("%20px|%-20px|%020px|")]
    public void Numbers_are_printed_as_the_kernel_prints_them(string format)
    {
        foreach (long value in new[] { 0, 1, -1, 42, long.MaxValue, long.MinValue, int.MinValue, 0x41424344, unchecked((long)0xfedcba9876543210) })
        {
            foreach (int size in new[] { 0, 1, 8, 200 })
                Print(format, [value, value + 1, -value, value, 65, 66], size);
        }
    }

    [Theory]
    [InlineData("[%s]", "hello")]
    [InlineData("[%10s|%-10s|%3s]", "hello")]
    [InlineData("%s, %s", "")]
    [InlineData("%pks", "kernel")]
    [InlineData("[%pI4]", "\u0001\u0014\u00ff\u0000")]
    [InlineData("[%pi4]", "\u0001\u0014\u00ff\u0000")]
    [InlineData("[%pI6]", "\u0020\u0001\u000d\u00b8\u0000\u0000\u0000\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u00ab\u00cd")]
    [InlineData("[%pi6]", "\u0020\u0001\u000d\u00b8\u0000\u0000\u0000\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u00ab\u00cd")]
    [InlineData("[%20pI4|%-20pI4|", "\u0001\u0014\u00ff\u0000")]
    public void Strings_and_addresses_are_printed_as_the_kernel_prints_them(string format, string argument)
    {
        foreach (int size in new[] { 0, 5, 6, 200 })
            Print(format, [], size, argument);
    }

    [Fact]
    public void Long_strings_are_cut_where_the_kernel_cuts_them()
    {
        Print("%s|%s", [], 2000, new string('x', 300));
        Print("%s|", [], 2000, new string('y', 600));
    }

    [Theory]
    [InlineData("%")]
    [InlineData("%z")]
    [InlineData("%o")]
    [InlineData("%#x")]
    [InlineData("%.5d")]
    [InlineData("%hd")]
    [InlineData("%pM")]
    [InlineData("%pI")]
    [InlineData("%pI5")]
    [InlineData("%pI6c")]
    [InlineData("%sx")]
    [InlineData("%s_")]
    [InlineData("%px_")]
    [InlineData("%pz")]
    [InlineData("%lld %d %d %d")]
    [InlineData("%d %d %d")]
    [InlineData("%999d")]
    [InlineData("%*d")]
    [InlineData("%lc")]
    [InlineData("%llld")]
    [InlineData("%5%")]
    [InlineData("bell \u0007")]
    [InlineData("latin \u00e9\u00ff\u00a0")]
    [InlineData("high \u0080\u009f")]
    [InlineData("delete \u007f")]
    [InlineData("%\u00e9")]
    [InlineData("%d\u00e9 %pI4abc,%px12 %pI6c")]
    [InlineData("escape \u001b[0m")]
    [InlineData("tab\tnewline\n")]
    [InlineData("%puss")]
    [InlineData("%pks|")]
    public void Formats_are_refused_as_the_kernel_refuses_them(string format)
    {
        var pool = new ConstantPool();
        int offset = pool.Add(format);
        using var trial = new HelperTrial($"""
            r6 = map[out][0]+0 ll
            r1 = map[text][0]+{offset} ll
            r2 = {format.Length + 1}
            r3 = 1
            r4 = 2
            r5 = 3
            call trace_printk
            *(u64 *)(r6 +0) = r0
            r1 = map[text][0]+{offset} ll
            r2 = {format.Length}
            r3 = 1
            r4 = 2
            r5 = 3
            call trace_printk
            *(u64 *)(r6 +8) = r0
            r0 = 2
            exit
            """, constants: pool.ToArray());
        trial.Agree(s_packet, format);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    [InlineData("abc", "abcd")]
    [InlineData("abcd", "abc")]
    [InlineData("\u00ff", "a")]
    [InlineData("same", "same")]
    public void Strings_are_compared_as_the_kernel_compares_them(string left, string right)
    {
        var pool = new ConstantPool();
        int first = pool.Add(left), second = pool.Add(right);
        var text = new StringBuilder("r6 = map[out][0]+0 ll\n");
        for (int size = 1; size <= left.Length + 1; size++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"""
                r1 = map[text][0]+{first} ll
                r2 = {size}
                r3 = map[text][0]+{second} ll
                call strncmp
                *(u64 *)(r6 +{size * 8}) = r0
                """);
        }
        using var trial = new HelperTrial(text + "r0 = 2\nexit", constants: pool.ToArray());
        trial.Agree(s_packet);
    }

    private static void Print(string format, long[] numbers, int size, string? argument = null)
    {
        var pool = new ConstantPool();
        int offset = pool.Add(format);
        var text = new StringBuilder("r6 = map[out][0]+0 ll\n");
        int count = Math.Max(numbers.Length, argument is null ? 0 : 4);
        int conversions = format.Replace("%%", "", StringComparison.Ordinal).Count(character => character == '%');
        count = Math.Min(count, conversions);
        int address = argument is null ? 0 : pool.Add(argument);
        for (int i = 0; i < count; i++)
        {
            text.AppendLine(argument is null
                ? string.Create(CultureInfo.InvariantCulture, $"r1 = {numbers[i]} ll")
                : string.Create(CultureInfo.InvariantCulture, $"r1 = map[text][0]+{address} ll"));
            text.AppendLine(CultureInfo.InvariantCulture, $"*(u64 *)(r10 -{(count - i) * 8}) = r1");
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"""
            r1 = map[out][0]+16 ll
            r2 = {size}
            r3 = map[text][0]+{offset} ll
            r4 = r10
            r4 += -{Math.Max(count * 8, 8)}
            r5 = {count * 8}
            call snprintf
            *(u64 *)(r6 +0) = r0
            r0 = 2
            exit
            """);
        using var trial = new HelperTrial(text.ToString(), constants: pool.ToArray());
        trial.Agree(s_packet, $"{format} size {size}");
    }
}
