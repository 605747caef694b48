using System.Diagnostics;

namespace Headrace.Linux.Tests;

/// <summary>Waits for what another thread, process or the kernel's deferred work brings about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    public static void Holds(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < s_patience, $"not within {s_patience.TotalSeconds} s: {what}");
            Thread.Sleep(10);
        }
    }
}
