using System.Diagnostics;
using Headrace.Linux;

namespace Headrace.Ports.Tests;

/// <summary>Skips a test, in words, where interfaces cannot be made; runs the tools that make them.</summary>
internal static class RequiresNetwork
{
    private static readonly Lazy<string> s_obstacle = new(FindObstacle);

    public static void OrSkip() => Assert.SkipUnless(s_obstacle.Value.Length == 0, s_obstacle.Value);

    /// <summary>Runs a command; its output. A failure is an error with what it wrote.</summary>
    public static string Run(string command)
    {
        (int code, string output) = TryRun(command);
        return code == 0 ? output : throw new InvalidOperationException($"'{command}' ended with {code}: {output}");
    }

    public static (int Code, string Output) TryRun(string command)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using Process process = Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    private static string FindObstacle()
    {
        if (!Kernel.IsAvailable(out string reason))
            return reason;
        try
        {
            TryRun("ip -V");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "the command ip (package iproute2) is missing";
        }
        string name = VethPair.NextName();
        (int code, string output) = TryRun($"ip link add {name}a type veth peer name {name}b");
        if (code != 0)
            return $"veth interfaces cannot be made here: {output.Trim()}";
        TryRun($"ip link del {name}a");
        return "";
    }
}
