using System.Diagnostics;
using System.Text;

namespace Headrace.Linux.Tests;

/// <summary>Runs other people's programs.</summary>
internal static class Shell
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs a program that must succeed.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    public static string Run(string program, params string[] arguments)
    {
        (int code, string output, string errors) = Try(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}: {errors}{output}");
        return output;
    }

    /// <summary>Runs a program.</summary>
    public static (int Code, string Output, string Errors) Try(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end");
        }
        process.WaitForExit();
        return (process.ExitCode, output, errors.ToString());
    }

    /// <summary>Skips a test where a program is not installed.</summary>
    public static void Require(string program) => Assert.SkipUnless(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin").Any(folder => File.Exists(Path.Combine(folder, program))),
        $"{program} is not installed");
}
