using System.Net;
using System.Net.Sockets;
using System.Text;
using Headrace.Bytecode;

namespace Headrace.Ports;

/// <summary>Answers each connection once: a request line in, an answer out. For metrics over HTTP and for a control socket.</summary>
/// <remarks>A request has 64 KiB and 5 seconds at most, and 16 connections are served at a time: what is slow or endless hurts nobody else.</remarks>
public sealed class TextServer : IDisposable
{
    private const int LongestRequest = 64 << 10;
    private const int MostConnections = 16;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly Socket _listener;
    private readonly string? _path;
    private readonly Func<string, string> _answer;
    private readonly bool _isHttp;
    private readonly SemaphoreSlim _free = new(MostConnections);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private TextServer(Socket listener, string? path, bool isHttp, Func<string, string> answer)
    {
        (_listener, _path, _isHttp, _answer) = (listener, path, isHttp, answer);
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public EndPoint EndPoint => _listener.LocalEndPoint!;

    /// <summary>Serves a text over HTTP, whatever path is asked for.</summary>
    /// <param name="address">Address and port, such as <c>127.0.0.1:9100</c>.</param>
    /// <param name="text">Makes the text, for each request anew.</param>
    /// <exception cref="HeadraceException">It is no address, or cannot be listened on.</exception>
    public static TextServer Http(string address, Func<string> text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!IPEndPoint.TryParse(address, out IPEndPoint? endPoint) || endPoint.Port == 0 && !address.EndsWith(":0", StringComparison.Ordinal))
            throw new HeadraceException($"'{address}' is no address with a port: 127.0.0.1:9100 or [::1]:9100 are");
        return new TextServer(Listen(endPoint, address, ProtocolType.Tcp), null, isHttp: true, _ => text());
    }

    /// <summary>Answers lines on a socket of the file system that only its owner may use; the file goes with the server.</summary>
    /// <param name="path">The socket's path; one that nobody listens on any more is replaced.</param>
    /// <param name="answer">Makes the answer to a line.</param>
    /// <exception cref="HeadraceException">The path cannot be listened on.</exception>
    public static TextServer Control(string path, Func<string, string> answer)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(answer);
        UnixDomainSocketEndPoint endPoint;
        try
        {
            endPoint = new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentException error)
        {
            throw new HeadraceException($"{path}: no path for a socket: {error.Message}", error);
        }
        if (File.Exists(path) && (IsFile(path) || !IsAbandoned(endPoint)))
            throw new HeadraceException($"{path}: somebody listens there already, or it is no socket");
        File.Delete(path);
        Socket listener = Listen(endPoint, path, ProtocolType.Unspecified);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new TextServer(listener, path, isHttp: false, answer);
    }

    /// <summary>Sends a line to a control socket and waits for the answer.</summary>
    /// <exception cref="HeadraceException">Nobody listens there.</exception>
    public static string Ask(string path, string line)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            using var stream = new NetworkStream(socket);
            stream.Write(Encoding.UTF8.GetBytes(line + "\n"));
            return new StreamReader(stream).ReadToEnd();
        }
        catch (Exception error) when (error is SocketException or IOException or ArgumentException)
        {
            throw new HeadraceException($"{path}: {error.Message}: is a forwarder running with --control {path}?", error);
        }
    }

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _accepting.Wait();
        _stop.Dispose();
        if (_path is not null)
            File.Delete(_path);
    }

    private static Socket Listen(EndPoint endPoint, string name, ProtocolType protocol)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, protocol);
        try
        {
            socket.Bind(endPoint);
            socket.Listen();
            return socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new HeadraceException($"{name}: cannot listen there: {error.Message}", error);
        }
    }

    // A socket cannot be opened; what can is somebody's file.
    private static bool IsFile(string path)
    {
        try
        {
            File.OpenRead(path).Dispose();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error is UnauthorizedAccessException;
        }
    }

    // A socket file outlives a process that was killed.
    private static bool IsAbandoned(UnixDomainSocketEndPoint endPoint)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(endPoint);
            return false;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _free.WaitAsync(_stop.Token).ConfigureAwait(false);
                Socket connection = await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false);
                _ = ServeAsync(connection);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                _free.Release(); // a connection that was gone before it was taken
            }
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        try
        {
            using var stream = new NetworkStream(connection, ownsSocket: true);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            patience.CancelAfter(s_patience);
            if (await ReadRequestAsync(stream, patience.Token).ConfigureAwait(false) is { } request)
            {
                byte[] body = Encoding.UTF8.GetBytes(_answer(request));
                if (_isHttp)
                {
                    string head = $"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(head), patience.Token).ConfigureAwait(false);
                }
                await stream.WriteAsync(body, patience.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The other side went away or took too long: nobody is left to tell.
        }
        finally
        {
            _free.Release();
        }
    }

    // HTTP ends its head with an empty line, a control request is one line. Null when it ends before.
    private async Task<string?> ReadRequestAsync(NetworkStream stream, CancellationToken patience)
    {
        byte[] buffer = new byte[LongestRequest];
        string end = _isHttp ? "\r\n\r\n" : "\n";
        for (int length = 0; length < buffer.Length;)
        {
            int count = await stream.ReadAsync(buffer.AsMemory(length), patience).ConfigureAwait(false);
            if (count == 0)
                return null;
            length += count;
            int at = buffer.AsSpan(0, length).IndexOf(Encoding.ASCII.GetBytes(end));
            if (at >= 0)
                return Encoding.UTF8.GetString(buffer, 0, at).TrimEnd('\r');
        }
        return null;
    }
}
