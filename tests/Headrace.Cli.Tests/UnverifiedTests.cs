namespace Headrace.Cli.Tests;

public class UnverifiedTests
{
    private const string Traffic = "gen:packets=3";

    // Reads the packet without asking how long it is.
    private const string Text = """
        .section xdp
        careless:
        r2 = *(u32 *)(r1 + 0)
        r0 = *(u8 *)(r2 + 0)
        r0 = 2
        exit
        """;

    [Theory]
    [InlineData("jit")]
    [InlineData("interpreter")]
    public void A_program_that_the_kernel_would_refuse_does_not_run(string engine)
    {
        using var folder = new TemporaryFolder();
        (int code, string output, string error) = Shell.Run("run", Careless(folder), "--in", Traffic, "--engine", engine);
        Assert.Equal((1, ""), (code, output));
        Assert.Contains("program 'careless' was rejected at instruction 1 (careless.s:4: `r0 = *(u8 *)(r2 + 0)`)", error, StringComparison.Ordinal);
        Assert.Contains("invalid access to packet, off=0 size=1", error, StringComparison.Ordinal);
        Assert.Contains("compare `data + 1` with `data_end`", error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_interpreter_runs_it_when_asked_to()
    {
        using var folder = new TemporaryFolder();
        (int code, string output, string error) = Shell.Run("run", Careless(folder), "--in", Traffic, "--unverified");
        Assert.True(code == 0, error);
        Assert.Contains("engine interpreter", output, StringComparison.Ordinal);
        Assert.Contains("XDP_PASS", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_engines_do_not()
    {
        using var folder = new TemporaryFolder();
        (int code, _, string error) = Shell.Run("run", Careless(folder), "--in", Traffic, "--unverified", "--engine", "jit");
        Assert.Equal(2, code);
        Assert.Contains("--unverified is for the interpreter", error, StringComparison.Ordinal);
    }

    private static string Careless(TemporaryFolder folder)
    {
        File.WriteAllText(folder.File("careless.s"), Text);
        string path = folder.File("careless.o");
        Assert.Equal(0, Shell.Run("asm", folder.File("careless.s"), "-o", path).Code);
        return path;
    }
}
