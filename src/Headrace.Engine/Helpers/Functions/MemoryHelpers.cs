namespace Headrace.Engine;

/// <summary>Helpers that copy from anywhere or exchange pointers.</summary>
internal static unsafe class MemoryHelpers
{
    /// <summary>"Kernel memory" is what the program may read anyway; all else is like an unmapped page.</summary>
    public static ulong ProbeReadKernel<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        uint size = (uint)r2;
        byte* target = TAccess.Write(machine, r1, size);
        if (machine.MayAccess(r3, size, write: false))
        {
            Buffer.MemoryCopy((byte*)r3, target, size, size);
            return 0;
        }
        new Span<byte>(target, (int)size).Clear();
        return Result.Error(Errno.EFAULT);
    }

    /// <summary>The same for a string: its length with the zero byte.</summary>
    public static ulong ProbeReadKernelStr<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        uint size = (uint)r2;
        byte* target = TAccess.Write(machine, r1, size);
        for (uint i = 0; i < size; i++)
        {
            if (!machine.MayAccess(r3 + i, 1, write: false))
            {
                new Span<byte>(target, (int)size).Clear();
                return Result.Error(Errno.EFAULT);
            }
            target[i] = ((byte*)r3)[i];
            if (target[i] == 0)
                return i + 1ul;
        }
        if (size != 0)
            target[size - 1] = 0;
        return size;
    }

    /// <summary>Puts a pointer into a map's value and takes the old one out, in one step.</summary>
    public static ulong KptrXchg<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        ulong* slot = (ulong*)TAccess.Write(machine, r1, sizeof(ulong));
        return Interlocked.Exchange(ref *slot, r2);
    }
}
