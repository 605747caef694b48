using System.Text;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Type information the kernel holds, which maps and programs refer to.</summary>
public sealed unsafe partial class KernelBtf : IDisposable
{
    private const int LogSize = 1 << 16;

    private readonly Descriptor _descriptor;

    private KernelBtf(Descriptor descriptor) => _descriptor = descriptor;

    internal Descriptor Descriptor => _descriptor;

    /// <summary>Loads types.</summary>
    /// <param name="raw">A BTF blob as an object's <c>.BTF</c> section has it, sizes of data sections filled in.</param>
    /// <param name="subject">Whose types they are, for messages.</param>
    /// <exception cref="KernelException">The kernel found them invalid; the log says where.</exception>
    public static KernelBtf Load(ReadOnlySpan<byte> raw, string subject)
    {
        int result = TryLoad(raw, []);
        if (result >= 0)
            return new KernelBtf(new Descriptor(result));
        byte[] log = new byte[LogSize];
        int again = TryLoad(raw, log);
        if (again >= 0)
            return new KernelBtf(new Descriptor(again));
        int length = Array.IndexOf(log, (byte)0);
        throw new KernelException("BPF_BTF_LOAD", $"the types of {subject}", -result, Encoding.UTF8.GetString(log, 0, Math.Max(length, 0)));
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    private static int TryLoad(ReadOnlySpan<byte> raw, Span<byte> log)
    {
        fixed (byte* rawPointer = raw, logPointer = log)
        {
            var attributes = new BtfLoadAttr { Btf = rawPointer, BtfSize = (uint)raw.Length };
            if (!log.IsEmpty)
            {
                attributes.Log = logPointer;
                attributes.LogSize = (uint)log.Length;
                attributes.LogLevel = 1;
            }
            return Bpf.LoadBtf(ref attributes);
        }
    }
}
