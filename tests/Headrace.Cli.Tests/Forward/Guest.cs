using System.Diagnostics;
using Headrace.Testing;

namespace Headrace.Cli.Tests.Forward;

/// <summary>A virtual machine (QEMU, software emulation) whose only network card is a vhost-user port, and whose only program a script of a test.</summary>
internal sealed class Guest : IDisposable
{
    private const string Emulator = "/usr/bin/qemu-system-x86_64", Busybox = "/bin/busybox";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4); // an emulated boot takes two seconds of a free processor

    // In the order in which they need each other.
    private static readonly string[] s_modules =
    [
        "drivers/virtio/virtio_ring", "drivers/virtio/virtio", "drivers/virtio/virtio_pci_legacy_dev", "drivers/virtio/virtio_pci_modern_dev",
        "drivers/virtio/virtio_pci", "net/core/failover", "drivers/net/net_failover", "drivers/net/virtio_net",
    ];

    private readonly Process _process;

    /// <summary>Boots it.</summary>
    /// <param name="folder">Where its files are put.</param>
    /// <param name="socket">The port's socket.</param>
    /// <param name="card">Properties of the card, as QEMU's virtio-net-pci has them.</param>
    /// <param name="script">Commands of busybox, run once the card <c>eth0</c> is up; then it powers off.</param>
    public Guest(TemporaryFolder folder, string socket, string card, string script)
    {
        string kernel = FindKernel() ?? throw new InvalidOperationException("look at Obstacle first");
        string disk = MakeDisk(folder, kernel, script);
        // Without MSI-X (vectors=0): QEMU 7.2 cannot hand such an interrupt from a vhost-user device to an emulated processor, and crashes.
        _process = TwoNamespaces.Start(null, $"{Emulator} -accel tcg -m 128 -object memory-backend-memfd,id=memory,size=128M,share=on -machine q35,memory-backend=memory " +
            $"-chardev socket,id=port,path={socket} -netdev vhost-user,id=net,chardev=port -device virtio-net-pci,netdev=net,romfile=,vectors=0,{card} " +
            $"-display none -serial stdio -monitor none -nodefaults -no-reboot -kernel {kernel} -initrd {disk} -append", "console=ttyS0 quiet panic=-1");
    }

    /// <summary>Why there can be no guest here; empty when there can.</summary>
    public static string Obstacle =>
        !File.Exists(Emulator) ? "QEMU (package qemu-system-x86) is missing"
        : !File.Exists(Busybox) ? "busybox (package busybox-static) is missing"
        : FindKernel() is null ? "a kernel for the guest is missing: ./test unpacks linux-image-cloud-amd64 under out/guest" : "";

    /// <summary>Waits until it powers off; what it wrote to its console.</summary>
    public string Console()
    {
        Task<string> output = _process.StandardOutput.ReadToEndAsync(), errors = _process.StandardError.ReadToEndAsync();
        if (!_process.WaitForExit(s_patience))
            _process.Kill();
        return output.Result + errors.Result;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    private static string? FindKernel()
    {
        foreach (string root in (string[])[Path.Combine(Repository.Root, "out", "guest"), "/"])
        {
            string boot = Path.Combine(root, "boot");
            string? image = Directory.Exists(boot) ? Directory.EnumerateFiles(boot, "vmlinuz-*").FirstOrDefault(image => File.Exists(ModuleOf(image, s_modules[^1]))) : null;
            if (image is not null)
                return image;
        }
        return null;
    }

    private static string ModuleOf(string kernel, string module) =>
        Path.Combine(Path.GetDirectoryName(kernel)!, "..", "lib", "modules", Path.GetFileName(kernel)["vmlinuz-".Length..], "kernel", module + ".ko");

    private static string MakeDisk(TemporaryFolder folder, string kernel, string script)
    {
        string root = folder.File("guest"), disk = folder.File("guest.cpio");
        foreach (string name in (string[])["bin", "modules", "proc", "sys", "dev"])
            Directory.CreateDirectory(Path.Combine(root, name));
        File.Copy(Busybox, Path.Combine(root, "bin", "busybox"), overwrite: true);
        string[] names = [.. s_modules.Select(module => Path.GetFileName(module))];
        foreach (string module in s_modules)
            File.Copy(ModuleOf(kernel, module), Path.Combine(root, "modules", Path.GetFileName(module) + ".ko"), overwrite: true);
        File.WriteAllText(Path.Combine(root, "init"), $"""
            #!/bin/busybox sh
            /bin/busybox --install -s /bin
            mount -t proc proc /proc
            mount -t sysfs sys /sys
            for module in {string.Join(' ', names)}; do insmod /modules/$module.ko; done
            {script}
            poweroff -f
            """.ReplaceLineEndings("\n"));
        using Process archive = TwoNamespaces.Start(null, "sh -c", $"cd {root} && chmod 755 init && find . | {Busybox} cpio -o -H newc > {disk}");
        string errors = archive.StandardError.ReadToEnd();
        archive.WaitForExit();
        Assert.True(archive.ExitCode == 0, errors);
        return disk;
    }
}
