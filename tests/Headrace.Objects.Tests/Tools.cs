using System.Diagnostics;

namespace Headrace.Objects.Tests;

/// <summary>Runs the tools that tests compare with.</summary>
internal static class Tools
{
    public static bool Exist(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin")
        .Any(folder => File.Exists(Path.Combine(folder, name)));

    /// <summary>Standard output of a command that must succeed.</summary>
    public static string Run(string command, string arguments)
    {
        (int code, string output, string errors) = TryRun(command, arguments);
        Assert.True(code == 0, $"{command} {arguments}\n{errors}{output}");
        return output;
    }

    public static (int ExitCode, string Output, string Errors) TryRun(string command, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
