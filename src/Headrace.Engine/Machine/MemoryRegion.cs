namespace Headrace.Engine;

/// <summary>A piece of memory that a program may touch.</summary>
/// <param name="Start">Address of the first byte.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Writable">False when the program may only read it.</param>
/// <param name="Name">What it is, for messages.</param>
internal readonly record struct MemoryRegion(ulong Start, ulong Length, bool Writable, string Name)
{
    /// <summary>True when the bytes from <paramref name="address"/> up to <paramref name="end"/> lie inside.</summary>
    public bool Holds(ulong address, ulong end) => address >= Start && end <= Start + Length;
}
