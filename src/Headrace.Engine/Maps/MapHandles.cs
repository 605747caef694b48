namespace Headrace.Engine;

/// <summary>The numbers that stand for maps in programs' registers, process-wide, so that maps can hold maps.</summary>
internal static class MapHandles
{
    // Not canonical on x86-64 nor arm64, so a handle used as an address can never hit memory.
    private const ulong Tag = 0x4d41_5000_0000_0000;

    private static readonly Lock s_lock = new();
    private static Map?[] s_maps = new Map?[64];
    private static int s_next;

    public static ulong Add(Map map)
    {
        lock (s_lock)
        {
            int slot = Array.IndexOf(s_maps, null, 0, s_next);
            if (slot < 0)
                slot = s_next++;
            if (slot == s_maps.Length)
            {
                Map?[] larger = new Map?[slot * 2];
                s_maps.CopyTo(larger, 0);
                Volatile.Write(ref s_maps, larger);
            }
            s_maps[slot] = map;
            return Tag | (uint)slot;
        }
    }

    public static void Remove(ulong handle)
    {
        lock (s_lock)
            s_maps[(uint)handle] = null;
    }

    /// <summary>The map behind a register's value, or null when the value is no live handle.</summary>
    public static Map? Find(ulong handle)
    {
        Map?[] maps = Volatile.Read(ref s_maps);
        return (handle & ~0xffff_ffffUL) == Tag && (uint)handle < (uint)maps.Length ? maps[(uint)handle] : null;
    }
}
