using System.Diagnostics;
using System.Globalization;
using Headrace.Bytecode;

namespace Headrace.Bench;

/// <summary>libbpf in a process of its own, compiled here from C: what Headrace.Linux is measured against.</summary>
internal sealed class LibbpfPeer : IDisposable
{
    private const string Source = "libbpf-peer.c";

    private readonly Process _process;

    private LibbpfPeer(Process process) => _process = process;

    /// <summary>Compiles the peer and starts it on a processor.</summary>
    /// <param name="processor">The processor it stays on.</param>
    /// <param name="reason">Why there is none.</param>
    /// <returns>Null without a C compiler or libbpf's headers.</returns>
    public static LibbpfPeer? TryStart(int processor, out string reason)
    {
        reason = "";
        if (!File.Exists("/usr/include/bpf/libbpf.h"))
        {
            reason = "libbpf-dev is not installed";
            return null;
        }
        string folder = Directory.CreateTempSubdirectory("headrace-peer-").FullName;
        try
        {
            string source = Path.Combine(folder, Source), program = Path.Combine(folder, "peer");
            using (Stream stream = typeof(LibbpfPeer).Assembly.GetManifestResourceStream(Source)!)
            using (FileStream file = File.Create(source))
                stream.CopyTo(file);
            using (Process compiler = Process.Start("cc", ["-O2", "-o", program, source, "-lbpf"]))
            {
                compiler.WaitForExit();
                if (compiler.ExitCode != 0)
                    throw new HeadraceException("the libbpf peer does not compile: see the compiler's message above");
            }
            var start = new ProcessStartInfo(program, [processor.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardInput = true, RedirectStandardOutput = true };
            return new LibbpfPeer(Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            reason = $"no C compiler (cc): {error.Message}";
            return null;
        }
        finally
        {
            // A running program needs its file no longer.
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Gives an order and waits for the answer.</summary>
    /// <exception cref="HeadraceException">The peer ended instead.</exception>
    public string Ask(string order)
    {
        _process.StandardInput.WriteLine(order);
        _process.StandardInput.Flush();
        return Answer(order);
    }

    /// <summary>Waits for a further answer.</summary>
    /// <exception cref="HeadraceException">The peer ended instead.</exception>
    public string Answer(string order) =>
        _process.StandardOutput.ReadLine() ?? throw new HeadraceException($"the libbpf peer ended at '{order}': see its message above");

    /// <summary>The numbers of an answer.</summary>
    public static double[] Numbers(string answer) =>
        [.. answer.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => double.Parse(word, CultureInfo.InvariantCulture))];

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
