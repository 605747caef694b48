using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>The fields of contexts that are loaded as 4 bytes and give pointers (include/uapi/linux/bpf.h).</summary>
internal static class ContextPointers
{
    /// <summary>What the field at an offset points to; null when it is a number.</summary>
    public static PointerFacts? Of(ProgramType type, long offset, int size)
    {
        if (size != 4)
            return null;
        (int data, int end, int meta) = type == ProgramType.Xdp ? (0, 4, 8) : (76, 80, 140);
        if (offset == data)
            return new PointerFacts(PointerKind.Packet, -1, 0);
        if (offset == end)
            return new PointerFacts(PointerKind.PacketEnd, -1, 0);
        // Metadata stands before the packet, at a distance that only the run knows.
        return offset == meta ? new PointerFacts(PointerKind.Packet) : null;
    }
}
