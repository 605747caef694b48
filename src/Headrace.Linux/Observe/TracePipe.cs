using System.Text;
using Headrace.Bytecode;

namespace Headrace.Linux;

/// <summary>What programs print with <c>bpf_printk</c>: the kernel's trace pipe, which gives every line to one reader only.</summary>
public sealed class TracePipe : IDisposable
{
    private const string CustomMount = "/sys/kernel/tracing";

    private readonly FileStream _file;

    private TracePipe(FileStream file) => _file = file;

    /// <summary>Opens the pipe.</summary>
    /// <param name="mayMount">True to mount the tracing file system where it is customary if it is mounted nowhere.</param>
    /// <exception cref="HeadraceException">It is mounted nowhere, or this process may not read it.</exception>
    public static TracePipe Open(bool mayMount = false)
    {
        if (Find() is null && mayMount && Directory.Exists(CustomMount))
            BpfFileSystem.MountTracing(CustomMount);
        string folder = Find() ?? throw new HeadraceException($"the tracing file system is not mounted: mount -t tracefs tracefs {CustomMount} (as root)");
        string path = Path.Combine(folder, "trace_pipe");
        try
        {
            return new TracePipe(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0));
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new HeadraceException($"{path} cannot be read: {error.Message} (what programs print is shown to root only)");
        }
    }

    /// <summary>The lines as they come; waits for the next one and does not end by itself.</summary>
    public IEnumerable<string> Lines()
    {
        using var reader = new StreamReader(_file, Encoding.UTF8, leaveOpen: true);
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string? Find() => File.ReadLines("/proc/self/mountinfo")
        .Where(line => line.Contains(" - tracefs ", StringComparison.Ordinal))
        .Select(line => line.Split(' ')[4])
        .FirstOrDefault();
}
