using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Nouns;

/// <summary>Sees that a path can be pinned at before anything is made that would have to be undone.</summary>
internal static class PinPlace
{
    /// <summary>Prepares the place for one path.</summary>
    /// <exception cref="HeadraceException">Something is there already, or its folder is in no bpf file system.</exception>
    public static void Prepare(string path, Answer answer)
    {
        if (Path.Exists(path))
            throw new HeadraceException($"{path} exists already: remove it first, or choose another path");
        if (Path.GetFileName(path).Contains('.', StringComparison.Ordinal))
            throw new HeadraceException($"{path}: a bpf file system takes no names with a dot: choose another name");
        PrepareFolder(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/", answer);
    }

    /// <summary>Sees that a folder is, or can be made, in a bpf file system.</summary>
    /// <exception cref="HeadraceException">It is in no bpf file system.</exception>
    public static void PrepareFolder(string folder, Answer answer)
    {
        string custom = BpfFileSystem.DefaultPath;
        bool isCustom = folder == custom || folder.StartsWith(custom + "/", StringComparison.Ordinal);
        if (isCustom && answer.MayMount && Directory.Exists(custom) && !BpfFileSystem.Contains(custom))
            BpfFileSystem.Mount(custom);
        string? existing = folder;
        while (existing is not null && !Directory.Exists(existing))
            existing = Path.GetDirectoryName(existing);
        if (existing is null || !BpfFileSystem.Contains(existing))
        {
            throw new HeadraceException($"{folder} is in no bpf file system, where programs, maps and links are pinned: "
                + $"use a path below {custom}, or mount one (mount -t bpf bpf {folder})");
        }
    }

    /// <summary>Pins an object, with the folders above its path where they are missing.</summary>
    public static void Pin(string path, Action<string> pin)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
        pin(path);
    }
}
