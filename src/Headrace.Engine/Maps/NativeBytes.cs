using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headrace.Engine;

/// <summary>Copies of keys and values in native memory.</summary>
internal static unsafe class NativeBytes
{
    /// <summary>Copies <paramref name="size"/> bytes; aligned values of 4 and 8 bytes in one store, so that readers beside never see halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(byte* destination, byte* source, int size)
    {
        if (size == 8)
            Unsafe.WriteUnaligned(destination, Unsafe.ReadUnaligned<ulong>(source));
        else if (size == 4)
            Unsafe.WriteUnaligned(destination, Unsafe.ReadUnaligned<uint>(source));
        else
            Buffer.MemoryCopy(source, destination, size, size);
    }

    /// <summary>Sets <paramref name="size"/> bytes to zero.</summary>
    public static void Clear(byte* destination, int size) => NativeMemory.Clear(destination, (nuint)size);

    /// <summary>The next multiple of 8.</summary>
    public static int RoundUp8(int size) => checked(size + 7) & ~7;
}
