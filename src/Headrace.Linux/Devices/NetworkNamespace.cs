using System.Runtime.InteropServices;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Network namespaces: the calling thread can move into one, so that devices and sockets are those of that namespace.</summary>
public static class NetworkNamespace
{
    private const string NamedFolder = "/run/netns"; // ip-netns(8)
    private const int CloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC
    private const int Network = 0x40000000; // CLONE_NEWNET

    /// <summary>Moves the calling thread into a namespace.</summary>
    /// <param name="nameOrPath">A name of <c>ip netns</c>, or a path such as <c>/proc/1/ns/net</c>.</param>
    /// <returns>What moves the thread back; dispose of it on the same thread, without an await in between.</returns>
    /// <exception cref="KernelException">There is no such namespace, or the kernel refused (<c>CAP_SYS_ADMIN</c> is needed).</exception>
    public static IDisposable Enter(string nameOrPath)
    {
        string path = nameOrPath.Contains('/', StringComparison.Ordinal) ? nameOrPath : Path.Combine(NamedFolder, nameOrPath);
        Descriptor before = Open("/proc/thread-self/ns/net");
        try
        {
            using Descriptor target = Open(path);
            Enter(target, path);
            return new Entered(before);
        }
        catch
        {
            before.Dispose();
            throw;
        }
    }

    private static Descriptor Open(string path)
    {
        int descriptor = Libc.OpenFile(path, CloseOnExec);
        return descriptor >= 0 ? new Descriptor(descriptor) : throw new KernelException("open", $"network namespace {path}", Marshal.GetLastPInvokeError());
    }

    private static void Enter(Descriptor target, string subject)
    {
        if (Libc.EnterNamespace(target.Value, Network) != 0)
            throw new KernelException("setns", $"network namespace {subject}", Marshal.GetLastPInvokeError());
    }

    private sealed class Entered(Descriptor before) : IDisposable
    {
        public void Dispose()
        {
            if (before.IsClosed)
                return;
            Enter(before, "of before");
            before.Dispose();
        }
    }
}
