using Headrace.Bytecode;

namespace Headrace.Cli.Tests;

public class InputTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a", "a")]
    [InlineData("a\n\nb\n", "a", "", "b")]
    [InlineData("a\nbc", "a", "bc")]
    public void Lines_end_with_a_line_feed(string text, params string[] lines) =>
        Assert.Equal(lines, InputText.Lines(new StringReader(text), "x"));

    [Fact]
    public void Lines_longer_than_a_buffer_come_whole()
    {
        string first = new('a', 200_000), second = new('b', 65_536);
        Assert.Equal([first, second, "c"], InputText.Lines(new StringReader($"{first}\n{second}\nc"), "x"));
    }

    [Fact]
    public void What_has_no_end_is_an_error_that_names_it()
    {
        HeadraceException whole = Assert.Throws<HeadraceException>(() => InputText.ReadToEnd(new EndlessReader(), "program", limit: 100_000));
        Assert.Equal("program: more than 100000 characters, the limit", whole.Message);
        HeadraceException line = Assert.Throws<HeadraceException>(() => InputText.Lines(new EndlessReader(), "rows.jsonl", limit: 100_000).Count());
        Assert.Equal("rows.jsonl: line 1: more than 100000 characters, the limit", line.Message);
    }

    [Theory]
    [InlineData("inspect", "/dev/zero")]
    [InlineData("disasm", "/dev/zero")]
    [InlineData("run", "/dev/zero", "--in", "gen:packets=1")]
    [InlineData("asm", "/dev/zero", "-o", "/dev/null")]
    [InlineData("run", "--batch", "/dev/zero")]
    public void A_device_without_end_is_refused_in_one_line(params string[] arguments)
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "this machine has no /dev/zero");
        (int code, string output, string error) = Shell.Run(arguments);
        Assert.Equal(1, code);
        Assert.Empty(output);
        Assert.Contains("/dev/zero", error);
        Assert.Equal(1, error.Count(letter => letter == '\n'));
    }

    private sealed class EndlessReader : TextReader
    {
        public override int Read(char[] buffer, int index, int count)
        {
            buffer.AsSpan(index, count).Fill('0');
            return count;
        }
    }
}
