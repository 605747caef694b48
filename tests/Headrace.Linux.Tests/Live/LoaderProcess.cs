using System.Diagnostics;
using System.Runtime.CompilerServices;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Live;

/// <summary>
/// Another process that loads an object, attaches its program and pins, then waits: something to kill. It is this test program again, which
/// does that instead of running tests when the environment says so.
/// </summary>
internal sealed class LoaderProcess : IDisposable
{
    public const int Refused = 70;

    private const string Order = "HEADRACE_TEST_LOADER";

    private readonly Process _process;

    private LoaderProcess(Process process) => _process = process;

    /// <summary>What the process is to do.</summary>
    /// <param name="ObjectPath">The object; its maps are given the prefix in the kernel.</param>
    /// <param name="Program">The program to attach.</param>
    /// <param name="Namespace">The network namespace.</param>
    /// <param name="PinFolder">Where to pin the maps and the link; empty for no pins.</param>
    /// <param name="Prefix">What the names of its maps start with.</param>
    public sealed record Job(string ObjectPath, string Program, string Namespace, string PinFolder, string Prefix)
    {
        public string Text => string.Join('|', ObjectPath, Program, Namespace, PinFolder, Prefix);

        public static Job Parse(string text) => text.Split('|') is [var path, var program, var name, var pins, var prefix]
            ? new Job(path, program, name, pins, prefix)
            : throw new FormatException(text);
    }

    /// <summary>Starts the process; <see cref="WaitUntilReady"/> tells when it has attached.</summary>
    /// <param name="job">What it is to do.</param>
    /// <param name="under">A program to run it under, with its arguments.</param>
    public static LoaderProcess Start(Job job, params string[] under)
    {
        string[] command = [.. under, Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", typeof(LoaderProcess).Assembly.Location];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Order] = job.Text;
        return new LoaderProcess(Process.Start(start)!);
    }

    public void WaitUntilReady()
    {
        string? line = _process.StandardOutput.ReadLine();
        Assert.True(line == "ready", $"the loader said '{line}': {(line == "ready" ? "" : _process.StandardError.ReadToEnd())}");
    }

    /// <summary>Lets it go on to its end, by its own or by what it runs under.</summary>
    /// <returns>Its exit code, and what it complained of.</returns>
    public (int Code, string Errors) WaitForEnd()
    {
        _process.StandardInput.Close();
        string errors = _process.StandardError.ReadToEnd();
        _process.WaitForExit();
        return (_process.ExitCode, errors);
    }

    /// <summary>Everything it writes until it ends.</summary>
    public string ReadToEnd() => _process.StandardOutput.ReadToEnd();

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            Kill();
        _process.Dispose();
    }

    /// <summary>Runs before anything else of this assembly.</summary>
    [ModuleInitializer]
#pragma warning disable CA2255 // it has to come before the test runner's own entry point
    internal static void TakeOver()
#pragma warning restore CA2255
    {
        if (Environment.GetEnvironmentVariable(Order) is not { Length: > 0 } text)
            return;
        int code = 0;
        try
        {
            var job = Job.Parse(text);
            if (job.Program == UnprivilegedProbe.Program)
                UnprivilegedProbe.Run();
            else
                Load(job);
        }
        catch (HeadraceException error)
        {
            Console.Error.WriteLine(error.Message);
            code = Refused;
        }
        Environment.Exit(code);
    }

    private static void Load(Job job)
    {
        var spec = CollectionSpec.Load(job.ObjectPath);
        CollectionSpec renamed = Rename(spec, job.Prefix);
        using IDisposable? entered = job.Namespace.Length > 0 ? NetworkNamespace.Enter(job.Namespace) : null;
        bool pins = job.PinFolder.Length > 0;
        using KernelCollection collection = KernelCollection.Load(renamed, new KernelLoadOptions { PinPath = pins ? job.PinFolder : null });
        using XdpLink link = collection.Programs[job.Program].AttachXdp(VethPair.Device);
        if (pins)
            link.Pin(Path.Combine(job.PinFolder, "link"));
        Console.Out.WriteLine("ready");
        Console.Out.Flush();
        Console.In.ReadLine();
    }

    // The maps keep their order and names, and get a name in the kernel by which a test knows them from everybody else's.
    private static CollectionSpec Rename(CollectionSpec spec, string prefix)
    {
        var renamed = new CollectionSpec { Source = spec.Source, Types = spec.Types, License = spec.License };
        foreach (MapSpec map in spec.Maps)
        {
            var copy = new MapSpec
            {
                Name = map.Name,
                KernelName = prefix + renamed.Maps.Count,
                Type = map.Type,
                KeySize = map.KeySize,
                ValueSize = map.ValueSize,
                MaxEntries = map.MaxEntries,
                Flags = map.Flags,
                KeyTypeId = map.KeyTypeId,
                ValueTypeId = map.ValueTypeId,
                Data = map.Data,
                Freeze = map.Freeze,
                InnerMap = map.InnerMap,
                PinByName = true,
            };
            copy.Entries.AddRange(map.Entries);
            renamed.Maps.Add(copy);
        }
        foreach (ProgramSpec program in spec.Programs)
            renamed.Programs.Add(program);
        return renamed;
    }
}
