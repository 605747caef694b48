using Headrace.Ports.Sys;

namespace Headrace.Ports;

/// <summary>Keeps a port connected: listens or connects, lets a <see cref="PeerSession"/> talk, and starts over when the peer leaves or breaks a rule.</summary>
internal sealed unsafe class PeerThread : IDisposable
{
    private const int RetryMilliseconds = 100;
    private const int WatchMilliseconds = 500;
    private const int HandshakeMilliseconds = 5000;

    private readonly string _path;
    private readonly UnixSocketType _type;
    private readonly Func<UnixSocket, PeerSession> _meet;
    private readonly UnixSocket? _listener;
    private readonly EventDescriptor _wake = EventDescriptor.Create();
    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile string? _downReason;
    private string? _lastReason;
    private int _connections;

    /// <summary>Starts to listen, or to look for the peer.</summary>
    /// <exception cref="Bytecode.HeadraceException">The socket cannot be made.</exception>
    public PeerThread(string path, UnixSocketType type, bool listens, Func<UnixSocket, PeerSession> meet)
    {
        _path = path;
        _type = type;
        _meet = meet;
        _listener = listens ? UnixSocket.Listen(path, type) : null;
        _downReason = Waiting;
        _thread = new Thread(Run) { IsBackground = true, Name = $"peer {Path.GetFileName(path)}" };
        _thread.Start();
    }

    /// <summary>Why no packet moves; null while connected.</summary>
    public string? DownReason => _downReason;

    /// <summary>How often a connection was established.</summary>
    public int Connections => Volatile.Read(ref _connections);

    private string Waiting
    {
        get
        {
            string what = _listener != null ? $"no peer has connected to {_path} yet" : $"nobody listens on {_path} yet";
            return _lastReason is null ? what : $"{what}; the last one: {_lastReason}";
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_stopping)
            return;
        _stopping = true;
        _wake.Signal();
        _thread.Join();
        _listener?.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            var socket = _listener is null ? UnixSocket.TryConnect(_path, _type) : _listener.Accept();
            if (socket != null)
                Serve(socket);
            else
                _ = Wait(_listener?.Descriptor ?? -1, RetryMilliseconds);
        }
    }

    private void Serve(UnixSocket socket)
    {
        using var session = _meet(socket);
        session.Wake = _wake.Signal;
        string reason;
        try
        {
            reason = Talk(session);
        }
        catch (Exception error)
        {
            // Whatever a peer makes happen here ends its connection, never the process.
            reason = error is ControlException ? error.Message : $"{error.GetType().Name}: {error.Message}";
        }
        _lastReason = reason;
        _downReason = Waiting;
        session.Refuse(reason);
    }

    private string Talk(PeerSession session)
    {
        long deadline = Environment.TickCount64 + HandshakeMilliseconds;
        session.Start();
        while (true)
        {
            if (_stopping)
                return "this port was closed";
            if (session.Fault is { } fault)
                return fault;
            bool readable = Wait(session.Socket.Descriptor, session.Established ? WatchMilliseconds : RetryMilliseconds);
            if (session.HasLostMemory)
                return "it cut short the memory it shares";
            if (readable && !session.Receive())
                return "it closed the connection";
            if (session.Established && _downReason != null)
            {
                Interlocked.Increment(ref _connections);
                _downReason = null;
            }
            else if (!session.Established)
            {
                _downReason ??= Waiting;
                if (Environment.TickCount64 > deadline && !session.MayStayUnestablished)
                    return $"it did not finish its handshake within {HandshakeMilliseconds / 1000} seconds";
            }
        }
    }

    /// <summary>Waits until a descriptor is readable or its other end is gone.</summary>
    private bool Wait(int descriptor, int milliseconds)
    {
        PollDescriptor* descriptors = stackalloc PollDescriptor[2];
        descriptors[0] = new PollDescriptor { Descriptor = (int)_wake.Handle.DangerousGetHandle(), Wanted = PollDescriptor.Readable };
        descriptors[1] = new PollDescriptor { Descriptor = descriptor, Wanted = PollDescriptor.Readable };
        if (Libc.Poll(descriptors, 2, milliseconds) <= 0)
            return false;
        if (descriptors[0].Happened != 0)
            _wake.Clear();
        return descriptors[1].Happened != 0;
    }
}
