using System.Runtime.InteropServices;

namespace Headrace.Cli.Forward;

/// <summary>Signals that reach the process while it forwards.</summary>
internal sealed class ForwardSignals : IDisposable
{
    private readonly AutoResetEvent _arrived = new(false);
    private readonly PosixSignalRegistration[] _registrations;
    private volatile bool _stop;
    private volatile bool _reload;

    public ForwardSignals()
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Arrive(signal, () => _stop = true)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Arrive(signal, () => _stop = true)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => Arrive(signal, () => _reload = true)),
        ];
    }

    /// <summary>Waits for a signal, but not longer than this.</summary>
    public ForwardSignal Wait(TimeSpan time)
    {
        _arrived.WaitOne(time);
        if (_stop)
            return ForwardSignal.Stop;
        if (!_reload)
            return ForwardSignal.None;
        _reload = false;
        return ForwardSignal.Reload;
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _arrived.Dispose();
    }

    private void Arrive(PosixSignalContext signal, Action remember)
    {
        signal.Cancel = true; // the process ends when the loop has
        remember();
        _arrived.Set();
    }
}
