using System.Diagnostics;
using Headrace.Bindings.Tool;

namespace Headrace.Bindings.Tests;

/// <summary>A project's folder, with C sources in it that are compiled and described as a build does it; removed at the end.</summary>
internal sealed class Workshop : IDisposable
{
    private const string Preamble = """
        #include <linux/bpf.h>
        #include <bpf/bpf_helpers.h>

        """;

    public string Folder { get; } = Directory.CreateTempSubdirectory("headrace-bindings-").FullName;

    public string Output => Path.Combine(Folder, "obj", "bpf");

    /// <summary>What the tool said last.</summary>
    public string Log { get; private set; } = "";

    public static void RequireClang() => Assert.SkipUnless(HasClang, "clang and libbpf-dev are not installed");

    private static bool HasClang { get; } = File.Exists("/usr/include/bpf/bpf_helpers.h")
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "clang")));

    /// <summary>Writes a C source; the headers of libbpf and a licence are added.</summary>
    public string Write(string name, string source)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, Preamble + source + "\nchar LICENSE[] SEC(\"license\") = \"GPL\";\n");
        // Files written within the same tick of the clock as their object would count as made before it.
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(1));
        return path;
    }

    /// <summary>Runs the tool over sources, as a build with items of BpfCompile.</summary>
    /// <returns>Its exit code.</returns>
    public int Build(string[] names, string clang = "clang", bool accept = false, bool server = false, bool designTime = false, string[]? includes = null)
    {
        var request = new BuildRequest { Project = Folder, Output = Output, Clang = clang, AcceptsChanges = accept, IsServer = server, IsDesignTime = designTime };
        foreach (string name in names)
        {
            string target = Path.ChangeExtension(Path.Combine(Folder, name), ".o");
            request.Sources.Add(new CompileItem(Path.Combine(Folder, name), target, includes ?? [], ["VALUE=1"], ["-Werror"]));
            request.Objects.Add(new ObjectItem(target, Path.GetFileName(target), ""));
        }
        using var log = new StringWriter();
        int code = BindingsBuild.Run(request, log);
        Log = log.ToString();
        return code;
    }

    /// <summary>Builds one source with the tool and the generator, with the consumer given.</summary>
    public Generated Generate(string source, string consumer, bool accept = false)
    {
        Write("made.bpf.c", source);
        Assert.True(Build(["made.bpf.c"], accept: accept) == 0, Log);
        return Generated.From(consumer, [.. Directory.GetFiles(Output, "*.bpfobject").Select(File.ReadAllText)],
            ("made.bpf.o", File.ReadAllBytes(Path.Combine(Folder, "made.bpf.o"))));
    }

    /// <summary>Runs a command in the folder.</summary>
    public (int Code, string Output) Run(string command, string[] arguments, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        foreach ((string name, string? value) in environment)
            start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
