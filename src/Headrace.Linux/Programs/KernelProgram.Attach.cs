namespace Headrace.Linux;

/// <content>Attaching.</content>
public sealed unsafe partial class KernelProgram
{
    /// <summary>Attaches an XDP program to a device.</summary>
    /// <param name="device">The device's name, in the calling thread's network namespace.</param>
    /// <param name="mode">Where it is to run.</param>
    /// <returns>Dispose of it to detach.</returns>
    /// <exception cref="Bytecode.HeadraceException">There is no such device, or another program is there, which is left alone.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public XdpLink AttachXdp(string device, XdpMode mode = XdpMode.Auto) => XdpLink.Attach(this, device, new XdpAttachOptions { Mode = mode });

    /// <summary>Attaches an XDP program to a device.</summary>
    /// <exception cref="Bytecode.HeadraceException">There is no such device, or another program is there, which is left alone.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public XdpLink AttachXdp(string device, XdpAttachOptions options) => XdpLink.Attach(this, device, options);

    /// <summary>Attaches a tc program to a device: by a link where the kernel has them, else as a filter.</summary>
    /// <param name="device">The device's name, in the calling thread's network namespace.</param>
    /// <param name="direction">Which packets it is to see.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>Dispose of it to detach.</returns>
    /// <exception cref="Bytecode.HeadraceException">There is no such device.</exception>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public TcLink AttachTc(string device, TcDirection direction, TcAttachOptions? options = null) => TcLink.Attach(this, device, direction, options);

    /// <summary>Attaches a socket filter in place of whatever filter the socket has.</summary>
    /// <returns>Dispose of it to detach.</returns>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public SocketFilter AttachTo(System.Net.Sockets.Socket socket) => SocketFilter.Attach(socket, this);
}
