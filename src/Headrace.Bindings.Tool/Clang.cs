using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Headrace.Bindings.Tool;

/// <summary>Compiles C to eBPF objects the way programs/build of this project does.</summary>
internal sealed class Clang(BuildRequest request, TextWriter log)
{
    private readonly string? _clang = Find(request.Clang);
    private readonly string? _strip = Find(request.Strip);

    /// <summary>True when there is a compiler.</summary>
    public bool Exists => _clang is not null;

    /// <summary>Compiles a source; the object stays as it is when the compiler makes the same bytes again.</summary>
    /// <param name="item">What to compile.</param>
    /// <param name="headers">Receives the files that the source includes.</param>
    /// <returns>False when the compiler refused it, which it has said in the log.</returns>
    public bool Compile(CompileItem item, List<string> headers)
    {
        Directory.CreateDirectory(request.Output);
        string stem = Path.Combine(request.Output, $"{Path.GetFileName(item.Target)}.{Environment.ProcessId}");
        string made = stem + ".new", rules = stem + ".d";
        try
        {
            if (Run(_clang!, Arguments(item, made, rules)) != 0 || !File.Exists(made))
                return false;
            // DWARF goes, BTF stays: it has all that loaders and our errors need.
            if (_strip is not null && Run(_strip, ["-g", made]) != 0)
                return false;
            headers.AddRange(Dependencies(File.ReadAllText(rules)).Where(path => path != item.Source));
            if (!FileWriter.Write(item.Target, File.ReadAllBytes(made)))
                File.SetLastWriteTimeUtc(item.Target, DateTime.UtcNow);
            return true;
        }
        finally
        {
            File.Delete(made);
            File.Delete(rules);
        }
    }

    /// <summary>True when an object is older than its source or a header it was made from.</summary>
    public static bool IsStale(CompileItem item, IEnumerable<string> headers)
    {
        if (!File.Exists(item.Target))
            return true;
        DateTime made = File.GetLastWriteTimeUtc(item.Target);
        return headers.Prepend(item.Source).Any(path => File.GetLastWriteTimeUtc(path) > made);
    }

    private List<string> Arguments(CompileItem item, string output, string rules)
    {
        List<string> arguments = ["-O2", "-g", "-target", "bpf", "-mcpu=v3", "-Wall"];
        arguments.AddRange(item.Includes.Select(folder => "-I" + Path.GetFullPath(folder, request.Project)));
        arguments.AddRange(item.Defines.Select(macro => "-D" + macro));
        // asm/types.h is in a folder of the machine's name; nothing in it that a program sees differs between machines.
        arguments.AddRange(["-idirafter", $"/usr/include/{Machine()}-linux-gnu"]);
        // With relative paths the same compiler makes the same bytes in any folder.
        string folder = Path.GetDirectoryName(item.Source)!;
        arguments.AddRange(["-fdebug-compilation-dir=.", $"-fdebug-prefix-map={request.Project.TrimEnd('/')}=.", $"-fdebug-prefix-map={folder}=."]);
        foreach (string include in item.Includes.Where(include => !Path.IsPathRooted(include)))
            arguments.Add($"-fdebug-prefix-map={Path.GetFullPath(include, request.Project)}={include}");
        arguments.AddRange(item.Options);
        arguments.AddRange(["-fno-color-diagnostics", "-fno-caret-diagnostics", "-fdiagnostics-format=msvc"]);
        arguments.AddRange(["-MD", "-MF", rules, "-c", item.Source, "-o", output]);
        return arguments;
    }

    private static string Machine() => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "x86_64",
        Architecture.Arm64 => "aarch64",
        Architecture other => other.ToString().ToLowerInvariant(),
    };

    private int Run(string command, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(command) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = request.Project };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            log.Write(output.Result + errors);
            return process.ExitCode;
        }
        catch (Win32Exception error)
        {
            log.WriteLine($"{command}: error HR0202: it could not be started: {error.Message}");
            return -1;
        }
    }

    /// <summary>A command in the folders of PATH, or the path that was given.</summary>
    private static string? Find(string command)
    {
        if (command.Contains('/', StringComparison.Ordinal) || Path.IsPathRooted(command))
            return File.Exists(command) ? command : null;
        string[] names = OperatingSystem.IsWindows() ? [command + ".exe"] : [command];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>The files named in a rule of make: words after the colon, where a backslash keeps a space or joins lines.</summary>
    private static IEnumerable<string> Dependencies(string rule)
    {
        int colon = rule.IndexOf(": ", StringComparison.Ordinal);
        var word = new StringBuilder();
        for (int i = colon + 2; i < rule.Length; i++)
        {
            char letter = rule[i];
            if (letter == '\\' && i + 1 < rule.Length && rule[i + 1] is ' ' or '#')
            {
                word.Append(rule[++i]);
            }
            else if (letter is ' ' or '\n' or '\r' || (letter == '\\' && i + 1 < rule.Length && rule[i + 1] is '\n' or '\r'))
            {
                if (word.Length > 0)
                    yield return word.ToString();
                word.Clear();
            }
            else
            {
                word.Append(letter);
            }
        }
        if (word.Length > 0)
            yield return word.ToString();
    }
}
