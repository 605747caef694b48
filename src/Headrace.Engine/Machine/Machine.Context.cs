using System.Buffers.Binary;
using System.Globalization;

namespace Headrace.Engine;

public sealed unsafe partial class Machine
{
    /// <summary>True when an address is the context or an offset from it inside the program type's structure.</summary>
    internal bool IsContext(ulong address, out long offset)
    {
        offset = (long)(address - (ulong)State->Frame);
        return State->Frame != null && Program?.Context is { } context && (ulong)offset < (ulong)context.Size;
    }

    /// <summary>Loads a context field as the kernel's rewritten load would.</summary>
    /// <exception cref="ProgramFaultException">The kernel would refuse the access.</exception>
    internal ulong LoadContext(long offset, int size)
    {
        ContextAccess access = Resolve(offset, size, write: false);
        if (access.Source == ContextSource.Zero)
            return 0;
        if (access.Source == ContextSource.Length)
            return Narrow((uint)State->Frame->Length >> (access.Offset * 8), size);
        byte* source = Structure(access.Source) + access.Offset;
        return access.Width == sizeof(ulong) ? *(ulong*)source : Narrow(*(uint*)source, access.Width);
    }

    /// <summary>Stores to a context field.</summary>
    /// <exception cref="ProgramFaultException">The kernel would refuse the access.</exception>
    internal void StoreContext(long offset, int size, ulong value)
    {
        ContextAccess access = Resolve(offset, size, write: true);
        byte* target = Structure(access.Source) + access.Offset;
        new ReadOnlySpan<byte>(&value, access.Width).CopyTo(new Span<byte>(target, access.Width));
    }

    /// <summary>Legacy packet access (RFC 9669, section 5.5) in host byte order; null outside of the packet.</summary>
    /// <param name="offset">From the link-layer header; below 0 as classic BPF counts (SKF_NET_OFF, SKF_LL_OFF).</param>
    /// <param name="size">1, 2 or 4 bytes.</param>
    internal ulong? LoadPacket(int offset, int size)
    {
        const int NetworkOffset = -0x100000, LinkOffset = -0x200000, EthernetHeader = 14; // SKF_*_OFF, include/uapi/linux/filter.h
        Frame* frame = State->Frame;
        if (frame == null)
            throw Fault("reads a packet where there is none");
        long start = offset switch
        {
            >= 0 => offset,
            >= NetworkOffset => (long)offset - NetworkOffset + EthernetHeader,
            >= LinkOffset => (long)offset - LinkOffset,
            _ => long.MaxValue - size,
        };
        if (start + size > frame->Length)
            return null;
        byte* source = frame->Data + start;
        return size switch
        {
            1 => *source,
            2 => BinaryPrimitives.ReverseEndianness(*(ushort*)source),
            _ => BinaryPrimitives.ReverseEndianness(*(uint*)source),
        };
    }

    private ContextAccess Resolve(long offset, int size, bool write)
    {
        ContextLayout layout = Program!.Context!;
        return layout.TryResolve(offset, size, write, out ContextAccess access)
            ? access
            : throw Fault(string.Create(CultureInfo.InvariantCulture,
                $"{(write ? "writes" : "reads")} {size} byte{(size == 1 ? "" : "s")} at context+{offset}: {layout.Explain(offset, size, write)}"));
    }

    private byte* Structure(ContextSource source)
    {
        if (source == ContextSource.Frame)
            return (byte*)State->Frame;
        return State->Frame->Skb != null
            ? (byte*)State->Frame->Skb
            : throw SocketBufferFault();
    }

    /// <summary>The fault of an access to a socket-buffer field of a frame that has none.</summary>
    internal ProgramFaultException SocketBufferFault() =>
        Fault("uses a socket-buffer field, but the frame has none: make the burst with socketBuffers");

    private static ulong Narrow(uint value, int size) => size switch
    {
        1 => (byte)value,
        2 => (ushort)value,
        _ => value,
    };
}
