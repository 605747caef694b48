using System.Runtime.InteropServices;

namespace Headrace.Linux;

/// <summary>A queue or stack of C# structs, laid out as the programs' own. Operations allocate nothing.</summary>
/// <typeparam name="T">An integer, or a struct of the value's size.</typeparam>
/// <remarks>Get one from <see cref="KernelMap.AsQueue{T}"/>. It is a view: the map stays its owner's to dispose of.</remarks>
public sealed class TypedQueue<T> where T : unmanaged
{
    internal TypedQueue(KernelMap map) => Map = map;

    /// <summary>The map.</summary>
    public KernelMap Map { get; }

    /// <summary>Puts a value in.</summary>
    /// <param name="value">The value.</param>
    /// <param name="force">True to drop the oldest value where it is full.</param>
    /// <exception cref="KernelException">It is full (<c>E2BIG</c>), or the kernel refused for another reason.</exception>
    public void Push(in T value, bool force = false) =>
        Map.Update([], MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)), force ? 2u : 0); // BPF_EXIST

    /// <summary>Takes the next value out: the oldest of a queue, the newest of a stack.</summary>
    /// <returns>False when it is empty.</returns>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public bool TryPop(out T value)
    {
        value = default;
        return Map.Take([], MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }

    /// <summary>Reads the next value and leaves it in.</summary>
    /// <returns>False when it is empty.</returns>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public bool TryPeek(out T value)
    {
        value = default;
        return Map.Lookup([], MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }
}
