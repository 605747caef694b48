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
        // r1 = ctx->data; *(u8 *)(r1 + 0) = 0xff; return 3
        string program = "61110000000000007201000 0ff000000b700000003000000".Replace(" ", "", StringComparison.Ordinal) + Exit;
        JsonElement answer = Assert.Single(Run(engine, $$"""{"id":0,"prog_type":6,"insns":"{{program}}","runs":[{"in":"000102030405060708090a0b0c0d"}]}"""));
        JsonElement run = Assert.Single(answer.GetProperty("runs").EnumerateArray());
        Assert.Equal("ff0102030405060708090a0b0c0d", run.GetProperty("out").GetString());
    }

    private static JsonElement[] Run(string engine, params string[] rows)
    {
        using var folder = new TemporaryFolder();
        string file = folder.File("rows.jsonl");
        File.WriteAllLines(file, rows);
        (int code, string output, string error) = Shell.Run("run", "--batch", file, "--engine", engine);
        Assert.True(code == 0, error);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
