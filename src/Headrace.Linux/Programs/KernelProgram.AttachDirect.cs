using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <content>Attaching without a link: the program stays until somebody detaches it, whatever becomes of this process.</content>
public sealed partial class KernelProgram
{
    private const int CloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC

    /// <summary>Attaches a program to the sockets of a map (<see cref="AttachType.SkMsgVerdict"/>, <see cref="AttachType.SkSkbVerdict"/> and their likes).</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void AttachToSockets(KernelMap sockets, AttachType type) => OnSockets(sockets, type, detach: false);

    /// <summary>Takes the program off the sockets of a map.</summary>
    /// <exception cref="KernelException">The kernel refused; <c>ENOENT</c> when it is not attached.</exception>
    public void DetachFromSockets(KernelMap sockets, AttachType type) => OnSockets(sockets, type, detach: true);

    /// <summary>Makes the program this network namespace's flow dissector.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void AttachFlowDissector() => Direct(0, AttachType.FlowDissector, detach: false, "this network namespace");

    /// <summary>Gives this network namespace its own flow dissector back.</summary>
    /// <exception cref="KernelException">The kernel refused; <c>ENOENT</c> when the program is not attached.</exception>
    public void DetachFlowDissector() => Direct(0, AttachType.FlowDissector, detach: true, "this network namespace");

    /// <summary>The id of the program that is the calling thread's network namespace's flow dissector; null for none.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static unsafe uint? FlowDissector()
    {
        const string Namespace = "/proc/thread-self/ns/net";
        int number = Libc.OpenFile(Namespace, CloseOnExec);
        if (number < 0)
            throw new KernelException("open", Namespace, Marshal.GetLastPInvokeError());
        using var netns = new Descriptor(number);
        uint id = 0;
        var attributes = new ProgramQueryAttr { Target = (uint)netns.Value, AttachType = (uint)AttachType.FlowDissector, ProgramIds = &id, Count = 1 };
        int result = Bpf.QueryPrograms(ref attributes);
        // A kernel without flow dissectors of this kind has none.
        if (result == -ErrorNumber.EINVAL)
            return null;
        Bpf.ThrowIfError(result, "BPF_PROG_QUERY", "this network namespace's flow dissector");
        return attributes.Count > 0 && id != 0 ? id : null;
    }

    /// <summary>Attaches a tc program to a device without a link (tcx), behind those that are there.</summary>
    /// <exception cref="HeadraceException">There is no such device.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void AttachTcx(string device, TcDirection direction) => OnDevice(device, direction, detach: false);

    /// <summary>Takes the program off a device where it was attached without a link.</summary>
    /// <exception cref="HeadraceException">There is no such device.</exception>
    /// <exception cref="KernelException">The kernel refused; <c>ENOENT</c> when it is not attached.</exception>
    public void DetachTcx(string device, TcDirection direction) => OnDevice(device, direction, detach: true);

    private void OnSockets(KernelMap sockets, AttachType type, bool detach)
    {
        Direct((uint)sockets.Descriptor.Value, type, detach, $"map '{sockets.Name}'");
        GC.KeepAlive(sockets);
    }

    private void OnDevice(string device, TcDirection direction, bool detach) => Direct((uint)NetworkDevice.Find(device).Index,
        direction == TcDirection.Ingress ? AttachType.TcxIngress : AttachType.TcxEgress, detach, $"tc {direction} on {device}");

    private void Direct(uint target, AttachType type, bool detach, string where)
    {
        var attributes = new ProgramAttachAttr { Target = target, ProgramFd = _descriptor.Value, AttachType = (uint)type };
        int result = Bpf.Attach(ref attributes, detach);
        Bpf.ThrowIfError(result, detach ? "BPF_PROG_DETACH" : "BPF_PROG_ATTACH", $"{Subject}, {where}");
    }
}
