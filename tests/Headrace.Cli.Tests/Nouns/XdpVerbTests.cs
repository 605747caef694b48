using System.Text.Json;
using Headrace.Linux.Tests;
using Headrace.Testing;

namespace Headrace.Cli.Tests.Nouns;

public class XdpVerbTests
{
    private static readonly string s_pass = Path.Combine(Repository.Programs, "pass.bpf.o"), s_drop = Path.Combine(Repository.Programs, "drop.bpf.o");

    [Theory]
    [InlineData("native")]
    [InlineData("skb")]
    public void Xdp_loader_sees_what_we_attach(string mode)
    {
        Linux.Tests.Shell.Require("xdp-loader");
        Assert.SkipUnless(Headrace.Linux.Kernel.IsAvailable(out string reason), reason);
        using var pair = new VethPair();
        using IDisposable near = pair.EnterNear();
        KernelObjects.Ours("xdp", "attach", VethPair.Device, s_pass, "--mode", mode);
        using JsonDocument status = JsonDocument.Parse(KernelObjects.Ours("xdp", "status", "--json"));
        JsonElement row = Assert.Single(status.RootElement.EnumerateArray());
        Assert.Equal((mode, "pass"), (row.GetProperty("mode").GetString(), row.GetProperty("name").GetString()));

        string line = StatusLine();
        foreach (string part in (string[])["pass", mode, row.GetProperty("id").GetRawText(), row.GetProperty("tag").GetString()!])
            Assert.Contains($" {part} ", line + " ");
        Assert.Contains("64 bytes from", pair.FromFar("ping", "-c", "1", "-W", "2", VethPair.NearAddress).Output);

        KernelObjects.Ours("xdp", "detach", VethPair.Device, "--id", row.GetProperty("id").GetRawText());
        Assert.Contains("No XDP program", StatusLine());
    }

    [Fact]
    public void We_see_and_take_off_what_xdp_loader_attached()
    {
        Linux.Tests.Shell.Require("xdp-loader");
        Assert.SkipUnless(Headrace.Linux.Kernel.IsAvailable(out string reason), reason);
        using var pair = new VethPair();
        using IDisposable near = pair.EnterNear();
        // Programs without the dispatcher's section are attached alone, as ip does it.
        (int code, _, string errors) = Linux.Tests.Shell.Try("xdp-loader", "load", "-m", "skb", VethPair.Device, s_pass);
        Assert.SkipUnless(code == 0, $"xdp-loader cannot load here: {errors}");
        Assert.Contains("skb", KernelObjects.Ours("xdp", "status", VethPair.Device));
        KernelObjects.Ours("xdp", "detach", VethPair.Device, "--all");
        Assert.Contains("No XDP program", StatusLine());
    }

    [Fact]
    public void Another_program_is_left_alone_unless_it_is_to_be_replaced()
    {
        Assert.SkipUnless(Headrace.Linux.Kernel.IsAvailable(out string reason), reason);
        using var pair = new VethPair();
        using IDisposable near = pair.EnterNear();
        KernelObjects.Ours("xdp", "load", VethPair.Device, s_pass, "-n", "pass");
        (int code, _, string error) = Shell.Run("xdp", "attach", VethPair.Device, s_drop);
        Assert.Equal(1, code);
        Assert.Contains("'pass') runs there already", error);
        Assert.Contains("64 bytes from", pair.FromFar("ping", "-c", "1", "-W", "2", VethPair.NearAddress).Output);
        KernelObjects.Ours("xdp", "attach", VethPair.Device, s_drop, "--replace");
        Assert.DoesNotContain("64 bytes from", pair.FromFar("ping", "-c", "1", "-W", "1", VethPair.NearAddress).Output);
        KernelObjects.Ours("xdp", "unload", VethPair.Device, "-a");
        Assert.Contains("64 bytes from", pair.FromFar("ping", "-c", "1", "-W", "2", VethPair.NearAddress).Output);
        Assert.Contains("there is no XDP program", Shell.Run("xdp", "detach", VethPair.Device, "--all").Error);
    }

    [Theory]
    [InlineData("--prio 10", "dispatcher")]
    [InlineData("--actions XDP_DROP", "dispatcher")]
    [InlineData("-n nowhere", "there is no program 'nowhere'")]
    [InlineData("-s nowhere", "section 'nowhere'")]
    public void What_cannot_be_done_is_said(string options, string expected)
    {
        (int code, _, string error) = Shell.Run(["xdp", "attach", "lo", s_pass, .. options.Split(' ')]);
        Assert.Equal(1, code);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void A_pinned_link_keeps_the_program_and_others_away()
    {
        Linux.Tests.Shell.Require("ip");
        using var objects = new KernelObjects();
        using var pair = new VethPair();
        using IDisposable near = pair.EnterNear();
        KernelObjects.Ours("xdp", "attach", VethPair.Device, s_drop, "--link", objects["link"]);
        Assert.NotEqual(0, Linux.Tests.Shell.Try("ip", "link", "set", "dev", VethPair.Device, "xdp", "off").Code);
        Assert.DoesNotContain("64 bytes from", pair.FromFar("ping", "-c", "1", "-W", "1", VethPair.NearAddress).Output);
        File.Delete(objects["link"]);
        Assert.Contains("64 bytes from", pair.FromFar("ping", "-c", "1", "-W", "2", VethPair.NearAddress).Output);
    }

    private static string StatusLine() => Linux.Tests.Shell.Run("xdp-loader", "status").Split('\n').First(line => line.StartsWith(VethPair.Device + " ", StringComparison.Ordinal));
}
