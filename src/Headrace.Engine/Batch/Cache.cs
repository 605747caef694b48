using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Headrace.Engine;

/// <summary>Hints to the processor's caches.</summary>
internal static unsafe class Cache
{
    /// <summary>Bytes from which on a table does not stay in the second-level cache, so that fetching ahead pays. Tests take less.</summary>
    public static ulong LargeTable { get; set; } = 1 << 20;

    /// <summary>Asks for the line at an address; any address is allowed. Does nothing where .NET has no such instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch(void* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }
}
