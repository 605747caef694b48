using System.Net;
using System.Net.Sockets;
using Headrace.Bytecode;

namespace Headrace.Ports.Tests.Forwarding;

public class TextServerTests
{
    [Fact]
    public async Task Http_answers_whatever_is_asked_and_survives_what_is_no_question()
    {
        int asked = 0;
        using TextServer server = TextServer.Http("127.0.0.1:0", () => $"answer {Interlocked.Increment(ref asked)}\n");
        var endPoint = (IPEndPoint)server.EndPoint;
        using var client = new HttpClient();
        Assert.Equal("answer 1\n", await client.GetStringAsync($"http://{endPoint}/metrics"));
        var random = new Random(5);
        for (int i = 0; i < 60; i++)
        {
            using var noise = new TcpClient();
            await noise.ConnectAsync(endPoint);
            byte[] bytes = new byte[random.Next(200_000)];
            random.NextBytes(bytes);
            try
            {
                await noise.GetStream().WriteAsync(bytes);
            }
            catch (IOException)
            {
                // It hung up in the middle, as it should.
            }
        }
        Assert.Equal("answer 2\n", await client.GetStringAsync($"http://{endPoint}/"));
    }

    [Theory]
    [InlineData("here")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:99999")]
    public void What_is_no_address_is_refused(string address) =>
        Assert.Contains("is no address with a port", Assert.Throws<HeadraceException>(() => TextServer.Http(address, () => "")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_control_socket_is_private_and_takes_the_place_of_one_left_behind()
    {
        string path = Path.Combine(Path.GetTempPath(), $"headrace-{Guid.NewGuid():N}");
        using (TextServer server = TextServer.Control(path, line => $"<{line}>"))
        {
            Assert.Equal("<flows add udp>", TextServer.Ask(path, "flows add udp"));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.Contains("somebody listens there already", Assert.Throws<HeadraceException>(() => TextServer.Control(path, line => line)).Message, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(path));
        using (var abandoned = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            abandoned.Bind(new UnixDomainSocketEndPoint(path));
        TextServer.Control(path, line => line).Dispose();
        File.WriteAllText(path, "a file of somebody's");
        Assert.Throws<HeadraceException>(() => TextServer.Control(path, line => line));
        File.Delete(path);
    }
}
