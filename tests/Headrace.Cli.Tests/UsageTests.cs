namespace Headrace.Cli.Tests;

public class UsageTests
{
    [Theory]
    [InlineData("frobnicate")]
    [InlineData("run", "--frobnicate")]
    [InlineData("run")]
    [InlineData("run", "x.bpf.o")]
    [InlineData("run", "x.bpf.o", "--in", "gen:packets=1", "--repeat", "0")]
    [InlineData("run", "x.bpf.o", "--in", "gen:packets=1", "--engine", "warp")]
    [InlineData("vm", "--engine", "kernel")]
    public void A_command_line_that_makes_no_sense_exits_with_2_and_says_why(params string[] arguments)
    {
        (int code, string output, string error) = Shell.Run(arguments);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains("headrace: ", error);
    }

    [Theory]
    [InlineData("bogus", "'bogus'")]
    [InlineData("run --frob", "'--frob'")]
    [InlineData("inspect --frob", "'--frob'")]
    public void What_is_not_known_is_named_first(string line, string expected)
    {
        (int code, _, string error) = Shell.Run(line.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(expected, error.Split('\n')[0]);
    }

    [Theory]
    [InlineData("nfp")]
    [InlineData("gateware")]
    public void An_engine_that_does_not_exist_yet_exits_with_2_and_says_so(string engine)
    {
        (int code, _, string error) = Shell.Run("run", "x.bpf.o", "--in", "gen:packets=1", "--engine", engine);
        Assert.Equal(2, code);
        Assert.Contains($"engine '{engine}' does not exist yet", error);
    }

    [Fact]
    public void A_file_that_is_not_there_exits_with_1_and_names_it()
    {
        (int code, _, string error) = Shell.Run("run", "nowhere.bpf.o", "--in", "gen:packets=1");
        Assert.Equal(1, code);
        Assert.Contains("nowhere.bpf.o", error);
    }

    [Fact]
    public void A_file_whose_name_begins_with_an_at_sign_is_a_file()
    {
        (int code, _, string error) = Shell.Run("inspect", "@nowhere.o");
        Assert.Equal(1, code);
        Assert.Contains("@nowhere.o: it cannot be read", error);
    }

    [Fact]
    public void Every_verb_has_help_with_examples()
    {
        foreach (Verb verb in CommandLine.Verbs())
        {
            (int code, string output, _) = Shell.Run(verb.Name, "--help");
            Assert.Equal(0, code);
            Assert.Contains("Usage:", output);
            Assert.NotEmpty(verb.Examples);
            Assert.All(verb.Examples, example => Assert.Contains(example.Line, output));
        }
    }
}
