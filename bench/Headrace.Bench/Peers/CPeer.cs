using System.Diagnostics;
using System.Globalization;
using Headrace.Bytecode;

namespace Headrace.Bench;

/// <summary>A peer in a process of its own, compiled here from C: what ours is measured against. It takes orders by the line and answers by the line.</summary>
internal sealed class CPeer : IDisposable
{
    private readonly Process _process;
    private readonly string _source;

    private CPeer(Process process, string source) => (_process, _source) = (process, source);

    /// <summary>libbpf's peer, on a processor of its own.</summary>
    public static CPeer? TryStartLibbpf(int processor, out string reason) => TryStart("libbpf-peer.c", ("/usr/include/bpf/libbpf.h", "libbpf-dev"), ["-lbpf"],
        [processor.ToString(CultureInfo.InvariantCulture)], out reason);

    /// <summary>Compiles a peer and starts it.</summary>
    /// <param name="source">Name of the embedded C source.</param>
    /// <param name="needs">A header it includes, and the package that has it.</param>
    /// <param name="libraries">What it is linked with, such as <c>-lbpf</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="reason">Why there is none.</param>
    /// <returns>Null without a C compiler or the header.</returns>
    public static CPeer? TryStart(string source, (string Header, string Package) needs, string[] libraries, string[] arguments, out string reason)
    {
        reason = "";
        if (!File.Exists(needs.Header))
        {
            reason = $"{needs.Package} is not installed";
            return null;
        }
        string folder = Directory.CreateTempSubdirectory("headrace-peer-").FullName;
        try
        {
            string file = Path.Combine(folder, source), program = Path.Combine(folder, "peer");
            using (Stream stream = typeof(CPeer).Assembly.GetManifestResourceStream(source)!)
            using (FileStream copy = File.Create(file))
                stream.CopyTo(copy);
            using (Process compiler = Process.Start("cc", ["-O2", "-pthread", "-o", program, file, .. libraries]))
            {
                compiler.WaitForExit();
                if (compiler.ExitCode != 0)
                    throw new HeadraceException($"the peer {source} does not compile: see the compiler's message above");
            }
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
            return new CPeer(Process.Start(start)!, source);
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
        _process.StandardOutput.ReadLine() ?? throw new HeadraceException($"the peer {_source} ended at '{order}': see its message above");

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
