using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>What programs print with <c>bpf_trace_printk</c>: the kernel's trace pipe, a line at a time.</summary>
/// <remarks>A line goes to one reader only, whoever reads first, and other tracing of the system comes this way too.</remarks>
public sealed unsafe class TracePipe : IDisposable
{
    private const int ReadNonBlocking = 0x800 | 0x80000; // O_RDONLY | O_NONBLOCK | O_CLOEXEC
    private const string CustomMount = "/sys/kernel/tracing";

    private readonly Descriptor _descriptor;
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly StringBuilder _partial = new();
    private RingWaiter? _waiter;

    private TracePipe(Descriptor descriptor) => _descriptor = descriptor;

    /// <summary>Opens the pipe.</summary>
    /// <param name="mayMount">True to mount the tracing file system where it is customary if it is mounted nowhere.</param>
    /// <exception cref="HeadraceException">It is mounted nowhere, or this process may not read it.</exception>
    public static TracePipe Open(bool mayMount = false)
    {
        if (Find() is null && mayMount && Directory.Exists(CustomMount))
            BpfFileSystem.MountTracing(CustomMount);
        string folder = Find() ?? throw new HeadraceException($"the tracing file system is not mounted: mount -t tracefs tracefs {CustomMount} (as root)");
        string path = Path.Combine(folder, "trace_pipe");
        int descriptor = Libc.OpenFile(path, ReadNonBlocking);
        return descriptor >= 0
            ? new TracePipe(new Descriptor(descriptor))
            : throw new KernelException("open", path, Marshal.GetLastPInvokeError(), advice: "What programs print is shown to root only.");
    }

    /// <summary>The lines as they come; waits for the next one, blocking, and does not end by itself.</summary>
    /// <exception cref="KernelException">The pipe cannot be read.</exception>
    public IEnumerable<string> Lines()
    {
        while (true)
        {
            foreach (string line in ReadAvailable())
                yield return line;
            RingWaiter.Wait([_descriptor], -1);
        }
    }

    /// <summary>The lines that are there now.</summary>
    /// <exception cref="KernelException">The pipe cannot be read.</exception>
    public IReadOnlyList<string> ReadAvailable()
    {
        List<string> lines = [];
        while (true)
        {
            nint length;
            fixed (byte* pointer = _buffer)
                length = Libc.Read(_descriptor.Value, pointer, (nuint)_buffer.Length);
            int error = length < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error == ErrorNumber.EINTR)
                continue;
            if (length == 0 || error == ErrorNumber.EAGAIN)
                return lines;
            if (error != 0)
                throw new KernelException("read", "the trace pipe", error);
            Split(Encoding.UTF8.GetString(_buffer, 0, (int)length), lines);
        }
    }

    /// <summary>Every line from now on, until cancelled.</summary>
    /// <exception cref="KernelException">The pipe cannot be read.</exception>
    public async IAsyncEnumerable<string> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        _waiter ??= new RingWaiter(_descriptor);
        while (!cancellation.IsCancellationRequested)
        {
            foreach (string line in ReadAvailable())
                yield return line;
            if (!await _waiter.WaitAsync(cancellation).ConfigureAwait(false))
                yield break;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _waiter?.Dispose();
        _descriptor.Dispose();
    }

    private static string? Find() => File.ReadLines("/proc/self/mountinfo")
        .Where(line => line.Contains(" - tracefs ", StringComparison.Ordinal))
        .Select(line => line.Split(' ')[4])
        .FirstOrDefault();

    private void Split(string text, List<string> lines)
    {
        foreach (char character in text)
        {
            if (character != '\n')
            {
                _partial.Append(character);
                continue;
            }
            lines.Add(_partial.ToString());
            _partial.Clear();
        }
    }
}
