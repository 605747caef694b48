using System.Text.Json;

namespace Headrace.Cli.Tests;

public class BatchTests
{
    private const string Exit = "9500000000000000";

    [Theory]
    [InlineData("interpreter")]
    [InlineData("jit")]
    public void Rows_are_answered_in_order_and_a_bad_one_does_not_stop_the_next(string engine)
    {
        JsonElement[] answers = Run(engine,
            $$"""{"id":1,"prog_type":6,"license":"GPL","insns":"b700000002000000{{Exit}}","runs":[{"in":"000102030405060708090a0b0c0d"}]}""",
            """{"id":2,"insns":"xyz"}""",
            "not json",
            $$"""{"id":"four","prog_type":6,"insns":"b700000001000000{{Exit}}","unknown":[1],"runs":[]}""");

        Assert.Equal(4, answers.Length);
        Assert.Equal(1, answers[0].GetProperty("id").GetInt32());
        Assert.Equal("accept", answers[0].GetProperty("verdict").GetString());
        JsonElement run = Assert.Single(answers[0].GetProperty("runs").EnumerateArray());
        Assert.Equal(2, run.GetProperty("retval").GetInt32());
        Assert.Equal("same", run.GetProperty("out").GetString());
        Assert.Equal("error", answers[1].GetProperty("verdict").GetString());
        Assert.Contains("insns", answers[1].GetProperty("err_line").GetString());
        Assert.Equal("error", answers[2].GetProperty("verdict").GetString());
        Assert.Equal("four", answers[3].GetProperty("id").GetString());
        Assert.Equal("accept", answers[3].GetProperty("verdict").GetString());
    }

    [Theory]
    [InlineData("interpreter")]
    [InlineData("jit")]
    public void Maps_are_fresh_for_a_row_and_kept_between_its_runs(string engine)
    {
        // r0 = ++map[0], through the value's address.
        string row = """
            {"id":1,"prog_type":6,"license":"GPL",
             "insns":"1861000000000000000000000000000061100000000000000700000001000000630100000000000095 00000000000000",
             "fixups":[{"i":0,"k":"mapval","m":0}],
             "maps":[{"type":2,"key":4,"value":4,"max":1,"init":[{"k":"00000000","v":"05000000"}]}],
             "runs":[{"in":"000102030405060708090a0b0c0d"},{"in":"000102030405060708090a0b0c0d"}]}
            """.ReplaceLineEndings("").Replace("95 0000", "950000", StringComparison.Ordinal);
        foreach (JsonElement answer in Run(engine, row, row))
            Assert.Equal([6, 7], answer.GetProperty("runs").EnumerateArray().Select(run => run.GetProperty("retval").GetInt32()));
    }

    [Theory]
    [InlineData("interpreter")]
    [InlineData("jit")]
    public void A_packet_that_the_program_changes_comes_back_in_hex(string engine)
    {
        // r2 = ctx->data_end; r1 = ctx->data; r0 = 3; if (r1 + 1 <= r2) *(u8 *)(r1 + 0) = 0xff
        const string program = "61120400000000006111000000000000bf130000000000000703000001000000b7000000030000002d2301000000000072010000ff000000" + Exit;
        JsonElement answer = Assert.Single(Run(engine, $$"""{"id":0,"prog_type":6,"insns":"{{program}}","runs":[{"in":"000102030405060708090a0b0c0d"}]}"""));
        JsonElement run = Assert.Single(answer.GetProperty("runs").EnumerateArray());
        Assert.Equal("ff0102030405060708090a0b0c0d", run.GetProperty("out").GetString());
    }

    [Theory]
    [InlineData("interpreter")]
    [InlineData("jit")]
    public void Values_of_maps_that_hold_maps_or_programs_are_indices_into_the_row(string engine)
    {
        // r0 = inner[1] of outer[0], through two look-ups.
        const string Program = "620afcff00000000bfa200000000000007020000fcffffff1801000000000000000000000000000085000000010000005500010000000000" + Exit
            + "620afcff01000000bfa200000000000007020000fcffffffbf0100000000000085000000010000005500010000000000" + Exit + "6100000000000000" + Exit;
        const string Inner = """{"type":2,"key":4,"value":4,"max":2,"init":[{"k":"01000000","v":"63000000"}]}""";
        JsonElement[] answers = Run(engine,
            $$"""{"id":"array","insns":"{{Program}}","fixups":[{"i":3,"k":"map","m":1}],"maps":[{{Inner}},{"type":12,"key":4,"value":4,"max":2,"inner":0,"init":[{"k":"00000000","v":"00000000"}]}],"runs":[{"in":"00"}]}""",
            $$"""{"id":"hash","insns":"{{Program}}","fixups":[{"i":3,"k":"map","m":0}],"maps":[{"type":13,"key":4,"value":4,"max":2,"inner":1,"init":[{"k":"00000000","v":"01000000"}]},{{Inner}}],"runs":[{"in":"00"}]}""",
            $$"""{"id":"none","insns":"{{Program}}","fixups":[{"i":3,"k":"map","m":1}],"maps":[{{Inner}},{"type":12,"key":4,"value":4,"max":2,"inner":0,"init":[{"k":"00000000","v":"02000000"}]}],"runs":[{"in":"00"}]}""",
            // A tail call of itself until the limit ends it: r0 = 2 behind the call.
            $$"""{"id":"self","insns":"18020000000000000000000000000000b703000000000000850000000c000000b700000002000000{{Exit}}","fixups":[{"i":0,"k":"map","m":0}],"maps":[{"type":3,"key":4,"value":4,"max":1,"init":[{"k":"00000000","v":"00000000"}]}],"runs":[{"in":"00"}]}""");
        Assert.Equal(99, Retval(answers[0]));
        Assert.Equal(99, Retval(answers[1]));
        Assert.Equal("error", answers[2].GetProperty("verdict").GetString());
        Assert.Equal(2, Retval(answers[3]));
    }

    [Fact]
    public void A_field_that_is_null_is_left_out()
    {
        string program = "b700000002000000" + Exit;
        JsonElement answer = Assert.Single(Run("jit", $$"""
            {"id":1,"license":null,"prog_type":null,"prog_flags":null,"insns":"{{program}}","fixups":null,"maps":null,"runs":null}
            """.Trim()));
        Assert.Equal("accept", answer.GetProperty("verdict").GetString());
    }

    [Fact]
    public void A_row_that_cannot_be_run_is_answered_as_an_error_with_its_id_in_its_own_spelling()
    {
        (int code, string output, _) = RunLines("jit",
            $$"""{"id":"long","insns":"{{Exit}}","runs":[{"in":"{{new string('0', 2 * 65536)}}"}]}""",
            $$"""{"id":"\ud800","insns":"b700000002000000{{Exit}}"}""",
            $$"""{"id":3,"license":"\ud800","insns":"{{Exit}}"}""",
            new string('[', 5000),
            "\0\u0001",
            "{}");
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(0, code);
        Assert.Equal(6, lines.Length);
        Assert.StartsWith("""{"id":"long","verdict":"error","err_line":"runs.in: a packet of 65536 bytes is longer than 65535""", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("""{"id":"\ud800","verdict":"accept",""", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("""{"id":3,"verdict":"error","err_line":"the row has text that is no Unicode""", lines[2], StringComparison.Ordinal);
        Assert.All(lines[3..], line => Assert.StartsWith("""{"id":null,"verdict":"error",""", line, StringComparison.Ordinal));
    }

    [Fact]
    public void The_error_line_is_one_line_and_the_kernels_own_last_word()
    {
        Assert.SkipUnless(Linux.Kernel.IsAvailable(out string reason), reason);
        JsonElement answer = Assert.Single(Run("kernel", $$"""{"id":1,"license":"GPL","insns":"b7010000000000007910000000000000{{Exit}}","runs":[{"in":"00"}]}"""));
        Assert.Equal("reject", answer.GetProperty("verdict").GetString());
        Assert.Equal("R1 invalid mem access 'scalar'", answer.GetProperty("err_line").GetString());
    }

    [Theory]
    [InlineData("interpreter")]
    [InlineData("jit")]
    public void A_row_that_the_kernel_would_refuse_is_refused_in_its_words(string engine)
    {
        JsonElement answer = Assert.Single(Run(engine, $$"""{"id":1,"license":"GPL","insns":"b7010000000000007910000000000000{{Exit}}","runs":[{"in":"00"}]}"""));
        Assert.Equal("reject", answer.GetProperty("verdict").GetString());
        Assert.Equal("R1 invalid mem access 'scalar'", answer.GetProperty("err_line").GetString());
    }

    private static int Retval(JsonElement answer) =>
        Assert.Single(answer.GetProperty("runs").EnumerateArray()).GetProperty("retval").GetInt32();

    private static JsonElement[] Run(string engine, params string[] rows)
    {
        (int code, string output, string error) = RunLines(engine, rows);
        Assert.True(code == 0, error);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    private static (int Code, string Out, string Error) RunLines(string engine, params string[] rows)
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("rows.jsonl");
        File.WriteAllLines(file, rows);
        return Shell.Run("run", "--batch", file, "--engine", engine);
    }
}
