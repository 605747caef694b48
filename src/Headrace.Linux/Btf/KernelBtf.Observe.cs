using System.Globalization;
using System.Text;
using Headrace.Linux.Sys;
using Headrace.Objects;

namespace Headrace.Linux;

/// <content>Types the kernel holds already.</content>
public sealed unsafe partial class KernelBtf
{
    /// <summary>The kernel's own types, as a file.</summary>
    internal const string KernelTypesPath = "/sys/kernel/btf/vmlinux";

    private const int NameRoom = 128;

    private static readonly Lazy<Btf> s_kernel = new(() => Btf.Load(KernelTypesPath));

    /// <summary>The running kernel's types, read once a process.</summary>
    /// <exception cref="ObjectException">The kernel has none (CONFIG_DEBUG_INFO_BTF), or they cannot be read.</exception>
    public static Btf OfKernel => s_kernel.Value;

    /// <summary>True when the kernel gives its types away.</summary>
    public static bool IsOfKernelAvailable => File.Exists(KernelTypesPath);

    /// <summary>The numbers of all sets of types, ascending.</summary>
    /// <exception cref="KernelException">The kernel refused (<c>CAP_SYS_ADMIN</c> is needed).</exception>
    public static IEnumerable<uint> Ids() => Bpf.Ids(BpfCommand.BtfGetNextId, "BPF_BTF_GET_NEXT_ID");

    /// <summary>Opens every set of types, one after the other; each is disposed of when the next is asked for.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static IEnumerable<KernelBtf> All()
    {
        foreach (uint id in Ids())
        {
            using KernelBtf? types = TryOpen(id);
            if (types is not null)
                yield return types;
        }
    }

    /// <summary>Opens a set of types by its number.</summary>
    /// <exception cref="KernelException">There is none (<c>ENOENT</c>), or the kernel refused.</exception>
    public static KernelBtf Open(uint id) => TryOpen(id) ?? throw new KernelException("BPF_BTF_GET_FD_BY_ID", SubjectOf(id), ErrorNumber.ENOENT);

    /// <summary>Opens a set of types by its number; null when there is none.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static KernelBtf? TryOpen(uint id) =>
        Bpf.TryOpenById(BpfCommand.BtfGetFdById, "BPF_BTF_GET_FD_BY_ID", id, SubjectOf(id)) is { } descriptor ? new KernelBtf(descriptor) : null;

    /// <summary>The types of a number, to read; null when there is no such number (any more).</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static Btf? TryGetTypes(uint id)
    {
        using KernelBtf? types = id == 0 ? null : TryOpen(id);
        return types?.GetTypes();
    }

    /// <summary>Asks the kernel about these types.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public BtfInfo GetInfo()
    {
        byte[] name = new byte[NameRoom];
        fixed (byte* pointer = name)
        {
            var raw = new RawBtfInfo { Name = pointer, NameLength = NameRoom };
            Bpf.GetInfo(_descriptor, ref raw, "types");
            int end = Array.IndexOf(name, (byte)0);
            return new BtfInfo(raw.Id, Encoding.UTF8.GetString(name, 0, Math.Max(end, 0)), raw.BtfSize, raw.IsKernel != 0);
        }
    }

    /// <summary>The types, to read. A module's stand on the kernel's.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public Btf GetTypes()
    {
        BtfInfo info = GetInfo();
        byte[] bytes = new byte[info.Size];
        fixed (byte* pointer = bytes)
        {
            var raw = new RawBtfInfo { Btf = pointer, BtfSize = (uint)bytes.Length };
            Bpf.GetInfo(_descriptor, ref raw, SubjectOf(info.Id));
        }
        bool isModule = info.IsKernel && info.Name != "vmlinux";
        return Btf.Parse(bytes, info.Name.Length > 0 ? info.Name : SubjectOf(info.Id), isModule ? OfKernel : null);
    }

    private static string SubjectOf(uint id) => string.Create(CultureInfo.InvariantCulture, $"types {id}");
}
