using System.Globalization;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>bpf file systems: where programs, maps and links have paths that keep them alive.</summary>
public static unsafe class BpfFileSystem
{
    /// <summary>Where one is mounted by custom.</summary>
    public const string DefaultPath = "/sys/fs/bpf";

    private const long Magic = 0xcafe4a11; // BPF_FS_MAGIC, include/uapi/linux/magic.h
    private const int StatfsWords = 120 / sizeof(long);

    /// <summary>True when a path lies in a bpf file system; the path must exist.</summary>
    public static bool Contains(string path)
    {
        long* facts = stackalloc long[StatfsWords];
        return Libc.GetFileSystem(path, facts) == 0 && facts[0] == Magic;
    }

    /// <summary>Mounts one on a directory, which is made where it is missing; does nothing where one is mounted already.</summary>
    /// <exception cref="KernelException">The kernel refused (<c>CAP_SYS_ADMIN</c> is needed).</exception>
    public static void Mount(string path = DefaultPath)
    {
        bool isNew = !Directory.Exists(path);
        Directory.CreateDirectory(path);
        if (Contains(path) || Libc.Mount("bpf", path, "bpf", 0, "mode=0700") == 0)
            return;
        int error = Marshal.GetLastPInvokeError();
        if (isNew)
            Directory.Delete(path);
        throw new KernelException("mount", $"a bpf file system on {path}", error);
    }

    /// <summary>Mounts the tracing file system on a directory.</summary>
    /// <exception cref="KernelException">The kernel refused (<c>CAP_SYS_ADMIN</c> is needed).</exception>
    internal static void MountTracing(string path)
    {
        if (Libc.Mount("tracefs", path, "tracefs", 0, "") != 0)
            throw new KernelException("mount", $"the tracing file system on {path}", Marshal.GetLastPInvokeError());
    }

    /// <summary>Where bpf file systems are mounted, as this process sees it.</summary>
    public static IReadOnlyList<string> Mounts()
    {
        const string Type = " - bpf ";
        List<string> mounts = [];
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            if (line.Contains(Type, StringComparison.Ordinal))
                mounts.Add(line.Split(' ')[4].Replace("\\040", " ", StringComparison.Ordinal));
        }
        return mounts;
    }

    /// <summary>What a path stands for.</summary>
    /// <exception cref="KernelException">There is nothing at that path, or the kernel refused.</exception>
    public static PinKind KindOf(string path)
    {
        using Descriptor descriptor = Open(path);
        return KindOf(descriptor);
    }

    /// <summary>Everything that has a path in the mounted bpf file systems.</summary>
    /// <remarks>What the caller may not open, and iterators and tokens, are left out.</remarks>
    public static IReadOnlyList<PinnedObject> Pins()
    {
        List<PinnedObject> pins = [];
        foreach (string mount in Mounts())
        {
            var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0 };
            foreach (string path in Directory.EnumerateFiles(mount, "*", options))
            {
                if (TryRead(path) is { } pin)
                    pins.Add(pin);
            }
        }
        return pins;
    }

    /// <summary>Takes a path away; the object goes when nothing else holds it.</summary>
    /// <returns>False when there was nothing.</returns>
    /// <exception cref="HeadraceException">The path lies in no bpf file system; it is left alone.</exception>
    public static bool Unpin(string path)
    {
        if (!File.Exists(path))
            return false;
        if (!Contains(path))
            throw new HeadraceException($"{path} lies in no bpf file system: it is no pin and is left alone");
        File.Delete(path);
        return true;
    }

    internal static Descriptor Open(string path, PinKind kind)
    {
        Descriptor descriptor = Open(path);
        PinKind found = KindOf(descriptor);
        if (found == kind)
            return descriptor;
        descriptor.Dispose();
        throw new HeadraceException($"{path}: a {Word(found)} is pinned there, not a {Word(kind)}");
    }

    internal static Descriptor? TryOpen(string path, PinKind kind) => File.Exists(path) ? Open(path, kind) : null;

    private static Descriptor Open(string path)
    {
        if (!File.Exists(path))
            throw new KernelException("BPF_OBJ_GET", path, ErrorNumber.ENOENT, advice: "Nothing is pinned there: list what is with BpfFileSystem.Pins (headrace link show, bpftool -f).");
        return Bpf.TryGetPinned(path) ?? throw new KernelException("BPF_OBJ_GET", path, ErrorNumber.ENOENT);
    }

    private static PinnedObject? TryRead(string path)
    {
        try
        {
            using Descriptor descriptor = Open(path);
            PinKind kind = KindOf(descriptor);
            uint? id = kind switch
            {
                PinKind.Program => IdOf<RawProgramInfo>(descriptor, path, static info => info.Id),
                PinKind.Map => IdOf<RawMapInfo>(descriptor, path, static info => info.Id),
                PinKind.Link => IdOf<RawLinkInfo>(descriptor, path, static info => info.Id),
                _ => null,
            };
            return id is null ? null : new PinnedObject(path, kind, id.Value);
        }
        catch (KernelException)
        {
            return null; // an iterator, a token, or gone since it was listed
        }
    }

    private static uint IdOf<T>(Descriptor descriptor, string subject, Func<T, uint> id) where T : unmanaged
    {
        T info = default;
        Bpf.GetInfo(descriptor, ref info, subject);
        return id(info);
    }

    // The kernel's record would be read under the wrong type without complaint; the descriptor's name tells what it is.
    private static PinKind KindOf(Descriptor descriptor) =>
        File.ResolveLinkTarget(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor.Value}"), returnFinalTarget: false)?.Name switch
        {
            string name when name.EndsWith(":bpf-prog", StringComparison.Ordinal) => PinKind.Program,
            string name when name.EndsWith(":bpf-map", StringComparison.Ordinal) => PinKind.Map,
            string name when name.EndsWith(":bpf_link", StringComparison.Ordinal) || name.EndsWith(":bpf-link", StringComparison.Ordinal) => PinKind.Link,
            _ => PinKind.Unknown,
        };

    private static string Word(PinKind kind) => kind switch
    {
        PinKind.Program => "program",
        PinKind.Map => "map",
        PinKind.Link => "link",
        _ => "thing of another kind",
    };
}
