using System.Text.RegularExpressions;
using Headrace.Testing;

namespace Headrace.Cli.Tests.Nouns;

/// <summary>The command as a user without any capability.</summary>
public partial class UnprivilegedTests
{
    private const string Nobody = "65534";

    private static readonly string s_object = Path.Combine(Repository.Programs, "drop.bpf.o");

    /// <summary>Commands that need a right; where a number is asked for, any will do: the right is missing before the object is.</summary>
    public static TheoryData<string> Commands =>
    [
        "prog show", "prog show id 1", "prog show name x", "prog dump xlated id 1", "prog dump jited id 1", "prog load OBJECT /sys/fs/bpf/headrace-none",
        "prog loadall OBJECT /sys/fs/bpf/headrace-none", "prog pin id 1 /sys/fs/bpf/headrace-none", "prog attach id 1 flow_dissector", "prog detach id 1 flow_dissector",
        "prog run id 1 data_in OBJECT", "prog tracelog", "prog profile id 1", "map show", "map show id 1", "map dump id 1",
        "map create /sys/fs/bpf/headrace-none type hash key 4 value 4 entries 4 name x", "map lookup id 1 key 0 0 0 0", "map update id 1 key 0 value 0", "map delete id 1 key 0",
        "map getnext id 1", "map peek id 1", "map push id 1 value 0", "map pop id 1", "map pin id 1 /sys/fs/bpf/headrace-none", "map freeze id 1", "map event_pipe id 1",
        "link show", "link show id 1", "link pin id 1 /sys/fs/bpf/headrace-none", "link detach id 1", "net show", "net attach xdp id 1 dev lo", "net detach tcx_ingress id 1 dev lo",
        "btf show", "btf show id 1", "btf dump id 1", "btf dump prog id 1", "btf dump map id 1", "feature probe", "xdp attach lo OBJECT", "top --count 1",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_says_what_is_missing_and_exits_with_1(string command)
    {
        (int code, string output, string errors) = AsNobody(command.Split(' '));
        Assert.True(code == 1, $"{command} ended with {code}: {errors}{output}");
        Assert.Matches(Missing(), errors);
        Assert.DoesNotContain("   at ", errors);
        Assert.Empty(output);
    }

    [Fact]
    public void With_json_the_document_has_the_error_too()
    {
        (int code, string output, string errors) = AsNobody("-j", "prog", "show");
        Assert.Equal(1, code);
        Assert.StartsWith("{\"error\":\"", output);
        Assert.Matches(Missing(), errors);
    }

    [Theory]
    [InlineData("btf dump file OBJECT")]
    [InlineData("btf dump file OBJECT format c")]
    [InlineData("feature list_builtins helpers")]
    [InlineData("xdp status")]
    [InlineData("prog help")]
    public void What_needs_no_right_works(string command)
    {
        (int code, string output, string errors) = AsNobody(command.Split(' '));
        Assert.True(code == 0, $"{command} ended with {code}: {errors}");
        Assert.NotEmpty(output);
    }

    private static (int Code, string Output, string Errors) AsNobody(params string[] arguments)
    {
        Linux.Tests.Shell.Require("setpriv");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the tests run without root: there is no right to give away");
        string tool = Path.Combine(AppContext.BaseDirectory, "headrace.dll");
        string[] command = ["--reuid", Nobody, "--regid", Nobody, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "dotnet", tool];
        return Linux.Tests.Shell.Try("setpriv", [.. command, .. arguments.Select(word => word == "OBJECT" ? s_object : word)]);
    }

    [GeneratedRegex("lacks CAP_|as root|to root only")]
    private static partial Regex Missing();
}
