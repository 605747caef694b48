namespace Headrace.Linux.Tests;

/// <summary>A bpf file system of a test's own, unmounted with everything in it.</summary>
internal sealed class BpfMount : IDisposable
{
    public BpfMount()
    {
        Path = Directory.CreateTempSubdirectory("headrace-bpf-").FullName;
        BpfFileSystem.Mount(Path);
    }

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        Shell.Run("umount", Path);
        Directory.Delete(Path);
    }
}
