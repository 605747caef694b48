using System.Diagnostics;

namespace Headrace.Cli;

/// <summary>A line on standard error that says how far long work is, when a person watches; nothing otherwise.</summary>
internal sealed class Progress(Terminal terminal, string unit) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    private readonly long _start = Stopwatch.GetTimestamp();
    private TimeSpan _next = s_patience;
    private bool _shown;

    /// <summary>Says how much is done.</summary>
    public void Report(long done)
    {
        if (!terminal.IsInteractive)
            return;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        if (elapsed < _next)
            return;
        _next = elapsed + s_interval;
        _shown = true;
        terminal.Error.Write($"\r{done:N0} {unit}, {done / elapsed.TotalSeconds:N0}/s ");
        terminal.Error.Flush();
    }

    /// <summary>Wipes the line.</summary>
    public void Dispose()
    {
        if (_shown)
            terminal.Error.Write("\r\e[K");
    }
}
