namespace Headrace.Engine;

/// <summary>What all maps keyed by an index share.</summary>
internal static unsafe class ArrayKeys
{
    /// <summary>The index after <paramref name="key"/>; a null key or one past the end starts again at 0.</summary>
    public static int Next(byte* key, byte* next, uint maxEntries)
    {
        uint index = key == null ? uint.MaxValue : *(uint*)key;
        if (index < maxEntries && index == maxEntries - 1)
            return -Errno.ENOENT;
        *(uint*)next = index < maxEntries ? index + 1 : 0;
        return 0;
    }

    /// <summary>Flags and range of an update of an element that always exists.</summary>
    public static int CheckUpdate(uint index, uint maxEntries, ulong flags)
    {
        if (flags > (ulong)MapUpdateFlags.Exist)
            return -Errno.EINVAL;
        if (index >= maxEntries)
            return -Errno.E2BIG;
        return flags == (ulong)MapUpdateFlags.NoExist ? -Errno.EEXIST : 0;
    }
}
