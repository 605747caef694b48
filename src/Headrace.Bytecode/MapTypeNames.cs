namespace Headrace.Bytecode;

/// <summary>Map type names as bpftool prints and takes them.</summary>
public static class MapTypeNames
{
    private static readonly string[] s_names =
    [
        "unspec", "hash", "array", "prog_array", "perf_event_array", "percpu_hash", "percpu_array", "stack_trace", "cgroup_array",
        "lru_hash", "lru_percpu_hash", "lpm_trie", "array_of_maps", "hash_of_maps", "devmap", "sockmap", "cpumap", "xskmap", "sockhash",
        "cgroup_storage", "reuseport_sockarray", "percpu_cgroup_storage", "queue", "stack", "sk_storage", "devmap_hash", "struct_ops",
        "ringbuf", "inode_storage", "task_storage", "bloom_filter", "user_ringbuf", "cgrp_storage", "arena",
    ];

    /// <summary>Every name, by number; the first is no map.</summary>
    public static IReadOnlyList<string> All => s_names;

    /// <summary>The name of a map type, or its number when it has none.</summary>
    public static string Of(MapType type) =>
        (uint)type < (uint)s_names.Length ? s_names[(int)type] : ((int)type).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Finds a map type by name.</summary>
    public static bool TryParse(string name, out MapType type)
    {
        int index = Array.IndexOf(s_names, name);
        type = (MapType)Math.Max(index, 0);
        return index > 0;
    }
}
