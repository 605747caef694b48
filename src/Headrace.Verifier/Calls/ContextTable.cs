using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>The contexts of the program types: which fields exist, who may read and write them, and what a read gives.</summary>
internal static partial class ContextTable
{
    /// <summary>Looks at an access.</summary>
    /// <param name="type">Program type.</param>
    /// <param name="attachType">Expected attach type.</param>
    /// <param name="offset">Bytes from the start of the context.</param>
    /// <param name="size">Bytes accessed.</param>
    /// <param name="isWrite">True for a store.</param>
    /// <returns>What the access does; <see cref="ContextFieldAccess.Refused"/> when it is not allowed.</returns>
    public static ContextFieldAccess Check(ProgramType type, AttachType attachType, int offset, int size, bool isWrite) => (offset, size, isWrite) switch
    {
        (0, 4, false) when type == ProgramType.Xdp => new ContextFieldAccess(true, RegisterKind.Packet, 0),
        (4, 4, false) when type == ProgramType.Xdp => new ContextFieldAccess(true, RegisterKind.PacketEnd, 0),
        (8, 4, false) when type == ProgramType.Xdp => new ContextFieldAccess(true, RegisterKind.PacketMeta, 0),
        ( >= 12 and < 24, 4, false) when type == ProgramType.Xdp && offset % 4 == 0 => new ContextFieldAccess(true, RegisterKind.Scalar, 4),
        _ => ContextFieldAccess.Refused,
    };
}
