using System.Diagnostics;
using Headrace.Linux.Tests;
using static Headrace.Cli.Tests.Nouns.KernelObjects;

namespace Headrace.Cli.Tests.Nouns;

public sealed class AttachTests : IDisposable
{
    private const string Source = """
        __attribute__((section("sk_skb/stream_verdict"), used)) int verdict(void *context) { return 1; }
        __attribute__((section("flow_dissector"), used)) int dissect(void *context) { return 0; }
        __attribute__((section("tc"), used)) int classify(void *context) { return -1; }
        static int (*print)(const char *, int, ...) = (void *)6;
        __attribute__((section("xdp"), used)) int speak(void *context) { static const char text[] = "headrace %d"; print(text, sizeof(text), 4711); return 2; }
        char _license[] __attribute__((section("license"), used)) = "GPL";
        """;

    private readonly KernelObjects _objects = new();
    private readonly TemporaryFolder _folder = new();

    public AttachTests()
    {
        Linux.Tests.Shell.Require("clang");
        Linux.Tests.Shell.Require("bpftool");
        File.WriteAllText(_folder.File("attach.c"), Source);
        Linux.Tests.Shell.Run("clang", "-O2", "-g", "-w", "-target", "bpf", "-c", _folder.File("attach.c"), "-o", _folder.File("attach.o"));
        Ours("prog", "loadall", _folder.File("attach.o"), _objects["attach"]);
    }

    [Fact]
    public void Programs_go_to_the_sockets_of_a_map_and_come_off()
    {
        string map = _objects["sockets"], program = _objects["attach/verdict"];
        Ours("map", "create", map, "type", "sockmap", "key", "4", "value", "4", "entries", "4", "name", "sockets");
        Ours("prog", "attach", "pinned", program, "sk_skb_stream_verdict", "pinned", map);
        Linux.Tests.Shell.Run("bpftool", "prog", "detach", "pinned", program, "sk_skb_stream_verdict", "pinned", map);
        Linux.Tests.Shell.Run("bpftool", "prog", "attach", "pinned", program, "sk_skb_stream_verdict", "pinned", map);
        Ours("prog", "detach", "pinned", program, "sk_skb_stream_verdict", "pinned", map);
        Assert.Equal(1, Shell.Run("prog", "detach", "pinned", program, "sk_skb_stream_verdict", "pinned", map).Code);
    }

    [Fact]
    public void A_flow_dissector_is_shown_in_its_namespace()
    {
        using var pair = new VethPair();
        using IDisposable near = pair.EnterNear();
        string program = _objects["attach/dissect"];
        Ours("prog", "attach", "pinned", program, "flow_dissector");
        Assert.Matches("\"flow_dissector\":\\[\\{\"id\":[0-9]+\\}\\]", Ours("-j", "net", "show"));
        Linux.Tests.Shell.Run("bpftool", "prog", "detach", "pinned", program, "flow_dissector");
        Assert.Contains("\"flow_dissector\":[]", Ours("-j", "net", "show"));
    }

    [Fact]
    public void Tc_programs_stay_without_a_link()
    {
        using var pair = new VethPair();
        using IDisposable near = pair.EnterNear();
        string program = _objects["attach/classify"];
        Ours("net", "attach", "tcx_ingress", "pinned", program, "dev", VethPair.Device);
        Assert.Contains($"\"devname\":\"{VethPair.Device}\"", Ours("-j", "net", "show"));
        Assert.Contains("\"kind\":\"tcx/ingress\",\"name\":\"classify\",\"prog_id\":", Ours("-j", "net", "show"));
        Ours("net", "detach", "tcx_ingress", "pinned", program, "dev", VethPair.Device);
        Assert.Contains("\"tc\":[]", Ours("-j", "net", "show"));
        Assert.Equal(1, Shell.Run("net", "detach", "tcx_ingress", "pinned", program, "dev", VethPair.Device).Code);
    }

    [Fact]
    public void Filters_of_tc_are_shown_as_bpftool_shows_them()
    {
        Linux.Tests.Shell.Require("tc");
        using var pair = new VethPair();
        using IDisposable near = pair.EnterNear();
        Linux.Tests.Shell.Run("tc", "qdisc", "add", "dev", VethPair.Device, "clsact");
        foreach (string direction in (string[])["ingress", "egress"])
            Linux.Tests.Shell.Run("tc", "filter", "add", "dev", VethPair.Device, direction, "bpf", "da", "object-pinned", _objects["attach/classify"]);
        BpftoolComparison.AssertSame([], "net", "show", "dev", VethPair.Device);
        Assert.Contains("clsact/egress", Ours("net", "show"));
    }

    [Fact]
    public void What_a_link_holds_is_not_overwritten()
    {
        using var pair = new VethPair();
        using IDisposable near = pair.EnterNear();
        Ours("xdp", "attach", VethPair.Device, _folder.File("attach.o"), "--link", _objects["link"]);
        (int code, _, string error) = Shell.Run("net", "attach", "xdpdrv", "pinned", _objects["firewall/firewall"], "dev", VethPair.Device, "overwrite");
        Assert.Equal(1, code);
        Assert.Contains("is left alone", error);
        Assert.Contains("speak", Ours("xdp", "status", VethPair.Device));
    }

    [Fact]
    public async Task What_programs_print_is_shown()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "headrace.dll"), "prog", "tracelog"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        File.WriteAllBytes(_folder.File("packet"), new byte[64]);
        using Process process = Process.Start(start)!;
        try
        {
            Task<bool> seen = Task.Run(() =>
            {
                // Others of this machine print too.
                while (process.StandardOutput.ReadLine() is { } line)
                {
                    if (line.EndsWith("headrace 4711", StringComparison.Ordinal))
                        return true;
                }
                return false;
            }, TestContext.Current.CancellationToken);
            for (int attempt = 0; attempt < 200 && !seen.IsCompleted; attempt++)
            {
                Ours("prog", "run", "pinned", _objects["attach/speak"], "data_in", _folder.File("packet"));
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
            process.Kill();
            Assert.True(await seen, await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        }
        finally
        {
            process.Kill();
        }
    }

    public void Dispose()
    {
        _objects.Dispose();
        _folder.Dispose();
    }
}
