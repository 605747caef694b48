namespace Headrace.Cli.Tests;

public class OutputGuardTests
{
    [Theory]
    [InlineData("--out")]
    [InlineData("--results")]
    public void A_run_does_not_write_over_what_it_reads(string option)
    {
        using var folder = new TemporaryFolder();
        string capture = folder.File("capture.pcap");
        string program = Path.Combine(Testing.Repository.Root, "programs", "pass.bpf.o");
        Assert.Equal(0, Shell.Run("run", program, "--in", "gen:packets=3", "--out", capture).Code);
        byte[] before = File.ReadAllBytes(capture);
        string link = folder.File("link.pcap");
        File.CreateSymbolicLink(link, capture);
        string spelling = Path.Combine(Path.GetDirectoryName(capture)!, ".", "capture.pcap");

        foreach (string output in (string[])[capture, link, spelling])
        {
            (int code, string text, string error) = Shell.Run("run", program, "--in", capture, option, output);
            Assert.Equal(2, code);
            Assert.Empty(text);
            Assert.Contains("this file is read by the same run", error);
        }
        Assert.Equal(before, File.ReadAllBytes(capture));
    }

    [Fact]
    public void The_assembler_does_not_write_over_its_source()
    {
        using var folder = new TemporaryFolder();
        string source = folder.File("a.s");
        File.WriteAllText(source, ".section xdp\n.func a\n\tw0 = 1\n\texit\n");
        Assert.Equal(2, Shell.Run("asm", source, "-o", source).Code);
        Assert.StartsWith(".section", File.ReadAllText(source), StringComparison.Ordinal);
    }
}
