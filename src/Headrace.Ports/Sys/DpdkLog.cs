using System.Runtime.InteropServices;

namespace Headrace.Ports.Sys;

/// <summary>Takes what DPDK logs and prints while it starts, so that it stands in an error's text and not in the program's output.</summary>
internal sealed unsafe partial class DpdkLog : IDisposable
{
    private const int StandardOutput = 1, StandardError = 2;
    private const int WriteOnly = 1; // O_WRONLY

    private readonly Dpdk _dpdk;
    private readonly int _output;
    private readonly nint _stream;
    private readonly byte** _text = (byte**)NativeMemory.AllocZeroed(2, (nuint)sizeof(nint));

    public DpdkLog(Dpdk dpdk)
    {
        _dpdk = dpdk;
        _stream = OpenMemoryStream(_text, (nuint*)(_text + 1));
        if (_stream != 0)
            _ = dpdk.OpenLog(_stream);
        // EAL prints its whole usage to standard output when it dislikes an option.
        _output = Duplicate(StandardOutput);
        int nowhere = Libc.Open("/dev/null", WriteOnly);
        _ = DuplicateTo(nowhere, StandardOutput);
        _ = Close(nowhere);
    }

    /// <summary>What was logged, the last lines of it.</summary>
    public string Tail
    {
        get
        {
            if (_stream == 0)
                return "";
            _ = FlushStream(_stream);
            string[] lines = (Marshal.PtrToStringUTF8((nint)(*_text)) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return string.Concat(lines.TakeLast(6).Select(line => $"{Environment.NewLine}  {line}"));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = FlushStream(0);
        _ = DuplicateTo(_output, StandardOutput);
        _ = Close(_output);
        // From here on to standard error: standard output is the answer's.
        nint errors = OpenStream(StandardError, "w");
        if (errors != 0)
            _ = _dpdk.OpenLog(errors);
        if (_stream != 0)
            _ = CloseStream(_stream);
        Free(*_text);
        NativeMemory.Free(_text);
    }

    [LibraryImport("libc", EntryPoint = "open_memstream")]
    private static partial nint OpenMemoryStream(byte** text, nuint* length);

    [LibraryImport("libc", EntryPoint = "fdopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenStream(int descriptor, string mode);

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int DuplicateTo(int descriptor, int target);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fflush")]
    private static partial int FlushStream(nint stream);

    [LibraryImport("libc", EntryPoint = "fclose")]
    private static partial int CloseStream(nint stream);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(void* text);
}
