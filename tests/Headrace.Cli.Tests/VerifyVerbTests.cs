using System.Text.Json;
using Headrace.Testing;

namespace Headrace.Cli.Tests;

public class VerifyVerbTests
{
    private const string Unchecked = """
        .license "GPL"
        .section xdp
        .func reads
                r2 = *(u32 *)(r1 +0)
                r3 = *(u32 *)(r1 +4)
                r4 = r2
                r4 += 14
                if r4 > r3 goto out
                r0 = *(u8 *)(r2 +23)
                exit
        out:
                r0 = 2
                exit
        """;

    [Fact]
    public void Accepted_programs_end_in_0_and_refused_ones_in_1()
    {
        (int code, string text, string error) = Shell.Run("verify", Path.Combine(Repository.Programs, "firewall.bpf.o"));
        Assert.True(code == 0, error);
        Assert.Contains("program 'firewall' is accepted", text, StringComparison.Ordinal);
        Assert.Matches(@"processed \d+ insns \(limit 1000000\)", text);

        using var folder = new TemporaryFolder();
        (code, text, _) = Shell.Run("verify", Assemble(folder, Unchecked));
        Assert.Equal(1, code);
        Assert.Contains("R2 offset is outside of the packet", text, StringComparison.Ordinal);
        Assert.Contains("program 'reads' is refused at instruction 5", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_explanation_tells_the_way_what_was_known_and_what_helps()
    {
        using var folder = new TemporaryFolder();
        (_, string text, _) = Shell.Run("verify", Assemble(folder, Unchecked), "--explain");
        Assert.Contains("4: (2d) if r4 > r3 goto pc+2  -> no", text, StringComparison.Ordinal);
        Assert.Contains("refused: 5: (71) r0 = *(u8 *)(r2 +23)", text, StringComparison.Ordinal);
        Assert.Contains("known there: R2=pkt(r=14)", text, StringComparison.Ordinal);
        Assert.Contains("compare `data + 24` with `data_end` before this access", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_an_object_a_program()
    {
        using var folder = new TemporaryFolder();
        (int code, string text, _) = Shell.Run("verify", Assemble(folder, Unchecked), "--json");
        Assert.Equal(1, code);
        JsonElement answer = Assert.Single(JsonDocument.Parse(text).RootElement.EnumerateArray());
        Assert.Equal("reads", answer.GetProperty("program").GetString());
        Assert.False(answer.GetProperty("accepted").GetBoolean());
        Assert.Equal(5, answer.GetProperty("insn").GetInt32());
        Assert.EndsWith("R2 offset is outside of the packet", answer.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(6, answer.GetProperty("processed").GetInt32());
        Assert.True(answer.GetProperty("verifyUsec").GetInt64() >= 0);

        (code, text, _) = Shell.Run("verify", Path.Combine(Repository.Programs, "tailcall.bpf.o"), "--json");
        Assert.Equal(0, code);
        Assert.Equal(6, JsonDocument.Parse(text).RootElement.GetArrayLength());
    }

    [Fact]
    public void The_log_grows_with_its_level()
    {
        using var folder = new TemporaryFolder();
        string path = Assemble(folder, Unchecked);
        (_, string none, _) = Shell.Run("verify", path);
        (_, string one, _) = Shell.Run("verify", path, "--log-level", "1");
        (_, string two, _) = Shell.Run("verify", Path.Combine(Repository.Programs, "drop.bpf.o"), "--log-level", "2");
        Assert.DoesNotContain("0: (61)", none, StringComparison.Ordinal);
        Assert.Contains("0: (61) r2 = *(u32 *)(r1 +0)          ; R1=ctx() R2=pkt(r=0)", one, StringComparison.Ordinal);
        Assert.Contains("@ drop.bpf.c:", two, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_a_batch_are_answered_in_order()
    {
        using var folder = new TemporaryFolder();
        string batch = folder.File("rows.jsonl");
        File.WriteAllLines(batch,
        [
            """{"id":"a","prog_type":6,"license":"GPL","insns":"b7000000020000009500000000000000"}""",
            """{"id":"b","prog_type":6,"license":"GPL","insns":"9500000000000000"}""",
            """{"id":"c","insns":"zz"}""",
        ]);
        (int code, string text, _) = Shell.Run("verify", "--batch", batch);
        Assert.Equal(0, code);
        JsonElement[] answers = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["accept", "reject", "error"], answers.Select(answer => answer.GetProperty("verdict").GetString()));
        Assert.Equal("", answers[0].GetProperty("err_line").GetString());
        Assert.Equal("R0 !read_ok", answers[1].GetProperty("err_line").GetString());
        Assert.Equal(0, answers[1].GetProperty("insn").GetInt32());
        Assert.Equal(2, answers[0].GetProperty("processed").GetInt32());
        Assert.Equal("c", answers[2].GetProperty("id").GetString());
    }

    [Theory]
    [InlineData(2, "does not exist yet", "--target", "nfp")]
    [InlineData(2, "there is no target", "--target", "moon")]
    [InlineData(2, "--log-level", "--log-level", "3")]
    [InlineData(1, "has no program 'nobody'", "--program", "nobody")]
    public void What_cannot_be_done_is_said(int expected, string message, string option, string value)
    {
        (int code, _, string error) = Shell.Run("verify", Path.Combine(Repository.Programs, "drop.bpf.o"), option, value);
        Assert.Equal(expected, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private static string Assemble(TemporaryFolder folder, string text)
    {
        File.WriteAllText(folder.File("program.s"), text);
        (int code, _, string error) = Shell.Run("asm", folder.File("program.s"), "-o", folder.File("program.bpf.o"));
        Assert.True(code == 0, error);
        return folder.File("program.bpf.o");
    }
}
