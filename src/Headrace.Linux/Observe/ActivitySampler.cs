using System.Diagnostics;

namespace Headrace.Linux;

/// <summary>Watches how often and how long every loaded program runs. The kernel counts while one of these lives.</summary>
public sealed class ActivitySampler : IDisposable
{
    private readonly RunStatistics _statistics;
    private Dictionary<uint, (ulong Runs, ulong Time)> _before = [];
    private long _lookedAt;

    private ActivitySampler(RunStatistics statistics)
    {
        _statistics = statistics;
        Sample();
    }

    /// <summary>Turns counting on and takes the first look.</summary>
    /// <exception cref="KernelException">The kernel refused (<c>CAP_SYS_ADMIN</c> is needed).</exception>
    public static ActivitySampler Start()
    {
        RunStatistics statistics = RunStatistics.Enable();
        try
        {
            return new ActivitySampler(statistics);
        }
        catch
        {
            statistics.Dispose();
            throw;
        }
    }

    /// <summary>What every program did since the last look. A program that was loaded in between counts from its loading on.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public IReadOnlyList<ProgramActivity> Sample()
    {
        long now = Stopwatch.GetTimestamp();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_lookedAt, now);
        List<ProgramActivity> activities = [];
        var counts = new Dictionary<uint, (ulong Runs, ulong Time)>();
        foreach (KernelProgram program in KernelProgram.All())
        {
            ProgramInfo info = program.GetInfo();
            (ulong runs, ulong time) = _before.GetValueOrDefault(info.Id);
            counts[info.Id] = (info.RunCount, info.RunTime);
            activities.Add(new ProgramActivity(info, info.RunCount - runs, TimeSpan.FromMicroseconds((info.RunTime - time) / 1000.0), elapsed));
        }
        (_before, _lookedAt) = (counts, now);
        return activities;
    }

    /// <inheritdoc/>
    public void Dispose() => _statistics.Dispose();
}
