namespace Headrace.Cli.Tests;

public class VmVerbTests
{
    private const string Exit = "9500000000000000";

    [Theory]
    [InlineData("b700000 02a000000" + Exit, null, "2a")]                                   // r0 = 42
    [InlineData("b7000000ffffffff" + Exit, null, "ffffffffffffffff")]                      // r0 = -1
    [InlineData("bf20000000000000" + Exit, null, "0")]                                     // r0 = r2: no memory
    [InlineData("bf20000000000000" + Exit, "aa bb cc", "3")]                               // r0 = r2: its length
    [InlineData("7110010000000000" + Exit, "aabbcc", "bb")]                                // r0 = *(u8 *)(r1 + 1)
    [InlineData("b701000007000000850000000500000" + "0" + Exit, null, "7")]                // r1 = 7; call 5
    public void The_answer_is_r0_in_hex(string program, string? memory, string expected)
    {
        foreach (string engine in (string[])["interpreter", "jit"])
        {
            string[] arguments = memory is null ? ["vm", "--engine", engine] : ["vm", "--engine", engine, memory];
            (int code, string output, string error) = Shell.RunWithInput(program.Replace(" ", "", StringComparison.Ordinal) + "\n", arguments);
            Assert.True(code == 0, $"{engine}: {error}");
            Assert.Equal(expected, output.TrimEnd('\n'));
        }
    }

    [Theory]
    [InlineData("", null, "")]                                                              // no program at all
    [InlineData("b7000000", null, "8-byte")]                                                // half an instruction
    [InlineData("zz", null, "'z' is no hex digit")]
    [InlineData("ff00000000000000" + Exit, null, "instruction 0")]                          // no such opcode
    [InlineData("b70b000000000000" + Exit, null, "instruction 0")]                          // r11
    [InlineData("b700000000000000", null, "")]                                              // runs off its end
    [InlineData("7110030000000000" + Exit, "aabbcc", "instruction 0")]                      // reads beyond the memory
    [InlineData("0500ffff00000000" + Exit, null, "instruction 0")]                          // never ends
    public void A_program_that_is_not_valid_exits_with_1_and_says_why(string program, string? memory, string expected)
    {
        foreach (string engine in (string[])["interpreter", "jit"])
        {
            string[] arguments = memory is null ? ["vm", "--engine", engine] : ["vm", "--engine", engine, memory];
            (int code, string output, string error) = Shell.RunWithInput(program, arguments);
            Assert.Equal(1, code);
            Assert.Empty(output);
            Assert.StartsWith("headrace: ", error);
            Assert.Contains(expected, error);
        }
    }
}
