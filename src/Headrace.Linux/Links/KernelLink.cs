using System.Globalization;
using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>A program attached to something (bpf_link). Dispose of it to detach, unless a pin or another process holds it too.</summary>
public sealed class KernelLink : IDisposable
{
    private readonly Descriptor _descriptor;
    private uint _id;

    internal KernelLink(Descriptor descriptor) => _descriptor = descriptor;

    /// <summary>The kernel's number of this link.</summary>
    public uint Id => _id != 0 ? _id : _id = GetInfo().Id;

    internal Descriptor Descriptor => _descriptor;

    private string Subject => _id != 0 ? SubjectOf(_id) : "link";

    /// <summary>The numbers of all links, ascending; what comes or goes meanwhile may be missed.</summary>
    /// <exception cref="KernelException">The kernel refused (<c>CAP_SYS_ADMIN</c> is needed).</exception>
    public static IEnumerable<uint> Ids() => Bpf.Ids(BpfCommand.LinkGetNextId, "BPF_LINK_GET_NEXT_ID");

    /// <summary>Opens every link, one after the other; each is disposed of when the next is asked for.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static IEnumerable<KernelLink> All()
    {
        foreach (uint id in Ids())
        {
            using KernelLink? link = TryOpen(id);
            if (link is not null)
                yield return link;
        }
    }

    /// <summary>Opens a link by its number.</summary>
    /// <exception cref="KernelException">There is none (<c>ENOENT</c>), or the kernel refused.</exception>
    public static KernelLink Open(uint id) => TryOpen(id) ?? throw new KernelException("BPF_LINK_GET_FD_BY_ID", SubjectOf(id), ErrorNumber.ENOENT);

    /// <summary>Opens a link by its number; null when there is none.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static KernelLink? TryOpen(uint id) =>
        Bpf.TryOpenById(BpfCommand.LinkGetFdById, "BPF_LINK_GET_FD_BY_ID", id, SubjectOf(id)) is { } descriptor ? new KernelLink(descriptor) { _id = id } : null;

    /// <summary>Opens a pinned link.</summary>
    /// <exception cref="KernelException">There is nothing at that path, or the kernel refused.</exception>
    /// <exception cref="HeadraceException">Something else is pinned there.</exception>
    public static KernelLink OpenPinned(string path) => new(BpfFileSystem.Open(path, PinKind.Link));

    /// <summary>Asks the kernel about this link.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public LinkInfo GetInfo() => LinkInfoReader.Read(_descriptor, Subject);

    /// <summary>Gives the link a path in a bpf file system, which keeps it attached without this process.</summary>
    /// <exception cref="KernelException">The kernel refused: the path exists, or is in no bpf file system.</exception>
    public void Pin(string path) => Bpf.Pin(_descriptor, path, Subject);

    /// <summary>Puts another program in place of the link's, at once: no packet meets neither or both.</summary>
    /// <param name="program">The new one, of the same type.</param>
    /// <param name="expected">The program that must be there; null takes the place of any.</param>
    /// <exception cref="KernelException">The kernel refused; <c>EPERM</c> when another program than <paramref name="expected"/> is there.</exception>
    public void Update(KernelProgram program, KernelProgram? expected = null)
    {
        int result = Bpf.UpdateLink(_descriptor, program.Descriptor, expected?.Descriptor);
        GC.KeepAlive(program);
        GC.KeepAlive(expected);
        if (result == -ErrorNumber.EPERM && expected is not null)
            throw new KernelException("BPF_LINK_UPDATE", Subject, ErrorNumber.EPERM, advice: $"Another program than '{expected.Name}' is there: look at what is attached, then replace that.");
        Bpf.ThrowIfError(result, "BPF_LINK_UPDATE", Subject);
    }

    /// <summary>Detaches the program although pins or other processes still hold the link, which stays without effect.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void Detach() => Bpf.ThrowIfError(Bpf.DetachLink(_descriptor), "BPF_LINK_DETACH", Subject);

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    private static string SubjectOf(uint id) => string.Create(CultureInfo.InvariantCulture, $"link {id}");
}
