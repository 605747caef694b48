using Headrace.Cli.Nouns;

namespace Headrace.Cli.Tests.Nouns;

public class KeywordsTests
{
    [Fact]
    public void Keywords_may_be_abbreviated()
    {
        var words = new Keywords(["pin", "i", "7"]);
        Assert.Equal("pinned", words.AcceptAny("id", "pinned"));
        Assert.Equal("id", words.AcceptAny("id", "pinned"));
        Assert.Equal(7u, words.Number("id"));
        words.End();
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("255", 255)]
    [InlineData("0xff", 255)]
    [InlineData("0XfF", 255)]
    [InlineData("010", 8)]
    [InlineData("0377", 255)]
    public void Numbers_are_decimal_hexadecimal_or_octal(string word, int expected) => Assert.Equal([(byte)expected], new Keywords([word]).Bytes(1, "key"));

    [Fact]
    public void Bytes_are_hexadecimal_after_the_word_hex() => Assert.Equal([0x10, 0xff, 0x08], new Keywords(["hex", "10", "ff", "08"]).Bytes(3, "key"));

    [Theory]
    [InlineData("256")]
    [InlineData("0x100")]
    [InlineData("08")]
    [InlineData("-1")]
    [InlineData("ff")]
    [InlineData("0x")]
    [InlineData("77777777777777777777777")]
    [InlineData("")]
    public void What_is_no_byte_is_named(string word)
    {
        UsageException error = Assert.Throws<UsageException>(() => new Keywords(["1", word]).Bytes(2, "key"));
        Assert.Contains($"'{word}'", error.Message);
    }

    [Fact]
    public void Too_few_bytes_are_counted() => Assert.Contains("4 bytes are needed, there are 2", Assert.Throws<UsageException>(() => new Keywords(["1", "2"]).Bytes(4, "key")).Message);

    [Theory]
    [InlineData("prog", "frobnicate")]
    [InlineData("prog", "show", "frob")]
    [InlineData("prog", "show", "id")]
    [InlineData("prog", "show", "id", "x")]
    [InlineData("prog", "dump")]
    [InlineData("prog", "show", "-z")]
    [InlineData("map", "lookup")]
    [InlineData("map", "create", "/x", "type", "frob", "key", "4")]
    [InlineData("net", "attach", "frob")]
    [InlineData("btf", "dump", "frob")]
    [InlineData("feature", "probe", "frob")]
    [InlineData("feature", "list_builtins")]
    [InlineData("link", "detach")]
    [InlineData("xdp")]
    [InlineData("xdp", "attach", "lo")]
    [InlineData("xdp", "detach", "lo")]
    [InlineData("top", "--interval", "0")]
    [InlineData("top", "--count", "-1")]
    public void Words_that_make_no_sense_exit_with_2_and_say_why(params string[] arguments)
    {
        (int code, string output, string error) = Shell.Run(arguments);
        Assert.True(code == 2, $"{code}: {error}{output}");
        Assert.StartsWith("headrace: ", error);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("prog", 11)]
    [InlineData("map", 13)]
    [InlineData("link", 3)]
    [InlineData("net", 3)]
    [InlineData("btf", 2)]
    [InlineData("feature", 2)]
    public void Help_lists_every_action(string noun, int least)
    {
        (int code, string output, _) = Shell.Run(noun, "help");
        Assert.Equal(0, code);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length >= least, output);
        Assert.All(lines, line => Assert.StartsWith($"headrace {noun} ", line));
    }

    [Fact]
    public void Switches_may_stand_in_front_of_the_noun() =>
        Assert.StartsWith("[\n    \"unspec\"", Shell.Run("-jp", "feature", "list_builtins", "map_types").Out.ReplaceLineEndings("\n"));
}
