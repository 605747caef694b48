using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>One cache line of a hash table: eight elements' tags and numbers, so that a look-up reads this line and the element's.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct HashBucket
{
    public const int Slots = 8;

    /// <summary>Writers' lock (<see cref="SpinWord"/>); of a chain, the first bucket's counts.</summary>
    public int Lock;

    /// <summary>Grows before an element or bucket that left this chain can be used again: a reader that saw it grow looks again.</summary>
    public uint Version;

    /// <summary>Number of the overflow bucket after this one, 0 for none.</summary>
    public uint Next;

    /// <summary>Link of the list of free overflow buckets.</summary>
    public uint FreeLink;

    /// <summary>Top bits of the keys' hashes, never 0 for an element.</summary>
    public fixed ushort Tags[Slots];

    /// <summary>Element numbers, 0 for none.</summary>
    public fixed uint Elements[Slots];
}
