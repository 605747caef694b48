namespace Headrace.Engine;

/// <summary>The numbers that stand for maps in programs' registers, process-wide, so that maps can hold maps.</summary>
internal static class MapHandles
{
    // Not canonical on x86-64 nor arm64, so a handle used as an address can never hit memory.
    // Below the tag: 16 bits of generation, so that a handle of a disposed map finds nothing, and 32 bits of slot.
    private const ulong Tag = 0x4d41_0000_0000_0000;

    private static readonly Lock s_lock = new();
    private static readonly Stack<uint> s_free = [];
    private static Map?[] s_maps = new Map?[64];
    private static uint s_next = 1; // ids start at 1, as the kernel's do
    private static ushort s_generation;

    public static ulong Add(Map map)
    {
        lock (s_lock)
        {
            if (!s_free.TryPop(out uint slot))
                slot = s_next++;
            if (slot == s_maps.Length)
            {
                Map?[] larger = new Map?[slot * 2];
                s_maps.CopyTo(larger, 0);
                Volatile.Write(ref s_maps, larger);
            }
            Volatile.Write(ref s_maps[slot], map);
            return Tag | (ulong)s_generation++ << 32 | slot;
        }
    }

    public static void Remove(ulong handle)
    {
        lock (s_lock)
        {
            if (Find(handle) is null)
                return;
            s_maps[(uint)handle] = null;
            s_free.Push((uint)handle);
        }
    }

    /// <summary>The map behind a register's value, or null when the value is no live handle.</summary>
    public static Map? Find(ulong handle) => FindById((uint)handle) is { } map && map.Handle == handle ? map : null;

    /// <summary>The live map with an id (see <see cref="Map.Id"/>), or null.</summary>
    public static Map? FindById(uint id)
    {
        Map?[] maps = Volatile.Read(ref s_maps);
        return id < (uint)maps.Length ? maps[id] : null;
    }
}
