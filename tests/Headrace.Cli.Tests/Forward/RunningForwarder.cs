using System.Diagnostics;
using System.Text.Json;

namespace Headrace.Cli.Tests.Forward;

/// <summary><c>headrace forward --json</c> as a process of its own.</summary>
internal sealed class RunningForwarder : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly List<string> _errors = [];

    /// <summary>Starts it and waits until it forwards.</summary>
    public RunningForwarder(string? space, params string[] arguments)
    {
        string tool = Path.Combine(AppContext.BaseDirectory, "headrace.dll");
        // A test run under nohup hands down an ignored SIGHUP, which .NET leaves alone.
        _process = TwoNamespaces.Start(space, $"env --default-signal=HUP dotnet {tool} forward --json", arguments);
        _output = _process.StandardOutput.ReadToEndAsync();
        while (_process.StandardError.ReadLine() is { } line)
        {
            _errors.Add(line);
            if (line.StartsWith("headrace: forwarding between", StringComparison.Ordinal))
            {
                // A thread of its own: those of the pool may all be waiting for other tests' processes.
                new Thread(ReadErrors) { IsBackground = true }.Start();
                return;
            }
        }
        throw new InvalidOperationException($"headrace forward did not start: {string.Join(Environment.NewLine, _errors)}");
    }

    public string Errors
    {
        get
        {
            lock (_errors)
                return string.Join(Environment.NewLine, _errors);
        }
    }

    public void Signal(string name)
    {
        using Process kill = TwoNamespaces.Start(null, $"kill -{name} {_process.Id}");
        kill.WaitForExit();
    }

    /// <summary>Waits for words on standard error.</summary>
    public void AwaitError(string words)
    {
        var clock = Stopwatch.StartNew();
        while (!Errors.Contains(words, StringComparison.Ordinal))
        {
            Assert.True(clock.Elapsed < s_patience, $"'{words}' did not come: {Errors}");
            Thread.Sleep(20);
        }
    }

    /// <summary>Stops it as systemd would and returns its balance, which must be exact.</summary>
    public JsonElement Stop()
    {
        Signal("TERM");
        Assert.True(_process.WaitForExit(s_patience), "it did not stop");
        string last = _output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        JsonElement balance = JsonDocument.Parse(last).RootElement.Clone();
        Assert.True(_process.ExitCode == 0, Errors);
        Assert.True(balance.GetProperty("final").GetBoolean());
        long Number(string name) => balance.GetProperty(name).GetInt64();
        long refused = balance.GetProperty("refused").EnumerateObject().Sum(cause => cause.Value.GetInt64());
        Assert.Equal(Number("received") + Number("copies"),
            Number("dropped") + Number("passed") + Number("sent") + Number("redirected") + Number("aborted") + refused);
        Assert.Equal(0, Number("inFlight"));
        return balance;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    private void ReadErrors()
    {
        while (_process.StandardError.ReadLine() is { } line)
        {
            lock (_errors)
                _errors.Add(line);
        }
    }
}
