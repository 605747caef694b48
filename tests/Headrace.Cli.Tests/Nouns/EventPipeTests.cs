using System.Text.Json;

namespace Headrace.Cli.Tests.Nouns;

public class EventPipeTests
{
    [Theory]
    [InlineData("ddos", "ddos", "events")]
    [InlineData("dump", "dump", "events")]
    public async Task Events_come_as_programs_send_them(string name, string program, string map)
    {
        using var objects = new KernelObjects();
        using var folder = new TemporaryFolder();
        objects.Load(name);
        string packet = folder.File("packet");
        byte[] frame = [.. Convert.FromHexString("0200000000010200000000020800450000320000400040110000c0a80001c0a80002"), .. new byte[30]];
        File.WriteAllBytes(packet, frame);
        Task<string> reading = Task.Run(() => KernelObjects.Ours("-j", "map", "event_pipe", "pinned", objects[$"{name}-maps/{map}"], "count", "5"), TestContext.Current.CancellationToken);
        DateTime deadline = DateTime.UtcNow.AddSeconds(30);
        while (!reading.IsCompleted && DateTime.UtcNow < deadline)
            KernelObjects.Ours("prog", "run", "pinned", objects[$"{name}/{program}"], "data_in", packet, "repeat", "5000");
        string[] lines = (await reading.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, lines.Length);
        foreach (string line in lines)
        {
            using JsonDocument record = JsonDocument.Parse(line);
            byte[] data = [.. record.RootElement.GetProperty("data").EnumerateArray().Select(one => Convert.ToByte(one.GetString(), 16))];
            // Both send the addresses they saw, among other things.
            Assert.True(data.AsSpan().IndexOf(frame.AsSpan(26, 4)) >= 0, line);
        }
    }
}
