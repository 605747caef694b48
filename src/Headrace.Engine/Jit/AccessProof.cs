namespace Headrace.Engine.Jit;

/// <summary>What is proved about one memory access, and so what has to be checked when it happens.</summary>
internal enum AccessProof : byte
{
    /// <summary>Nothing: every check.</summary>
    None,

    /// <summary>It reaches a field of the context: the access is translated, nothing is checked.</summary>
    Context,

    /// <summary>It stays in the function's own stack frame: nothing is checked.</summary>
    Stack,

    /// <summary>It stays in the packet, which was compared with its end before: nothing is checked.</summary>
    Packet,

    /// <summary>The pointer was made from the packet's start: only the packet's bounds are checked.</summary>
    PacketUnproved,

    /// <summary>It stays inside a value of a map: nothing is checked.</summary>
    MapValue,

    /// <summary>It stays inside a value of a map unless the look-up found nothing: only null is checked.</summary>
    MapValueOrNull,
}
