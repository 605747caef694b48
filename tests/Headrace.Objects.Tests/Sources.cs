namespace Headrace.Objects.Tests;

/// <summary>C sources that tests compile.</summary>
internal static class Sources
{
    public const string Managed = """
        struct inner { struct bpf_timer timer; };
        struct value { __u64 count; struct bpf_spin_lock lock; struct inner inner; };
        struct {
            __uint(type, BPF_MAP_TYPE_ARRAY);
            __type(key, __u32);
            __type(value, struct value);
            __uint(max_entries, 1);
        } managed SEC(".maps");
        struct bpf_spin_lock global_lock SEC(".data.locked");
        __u64 guarded SEC(".data.locked") = 1;
        SEC("xdp") int locked(struct xdp_md *ctx)
        {
            __u32 key = 0;
            struct value *value = bpf_map_lookup_elem(&managed, &key);
            if (!value)
                return XDP_DROP;
            bpf_spin_lock(&value->lock);
            value->count++;
            bpf_spin_unlock(&value->lock);
            bpf_spin_lock(&global_lock);
            guarded++;
            bpf_spin_unlock(&global_lock);
            return XDP_PASS;
        }
        """;

    public const string Globals = """
        struct pair { __u64 packets, bytes; };
        struct {
            __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
            __type(key, __u64);
            __type(value, struct pair);
            __uint(max_entries, 1000);
            __uint(map_flags, BPF_F_NO_PREALLOC);
            __uint(pinning, LIBBPF_PIN_BY_NAME);
        } hits SEC(".maps");
        struct {
            __uint(type, BPF_MAP_TYPE_BLOOM_FILTER);
            __uint(value_size, 4);
            __uint(max_entries, 64);
            __uint(map_extra, 5);
        } bloom SEC(".maps");
        const volatile __u32 limit = 10;
        const volatile struct pair pair_limit = { 1, 2 };
        volatile __u64 seen;
        volatile int start = 3;
        static volatile int hidden = 4;
        __u64 special SEC(".data.special") = 9;
        SEC("xdp") int count(struct xdp_md *ctx)
        {
            __u64 key = ctx->ingress_ifindex;
            struct pair *pair = bpf_map_lookup_elem(&hits, &key);
            if (pair && pair->packets < limit + pair_limit.bytes)
                pair->packets++;
            seen++;
            start += hidden++;
            return XDP_PASS;
        }
        SEC("xdp.frags") int frags(struct xdp_md *ctx)
        {
            __u32 value = 1;
            special++;
            return bpf_map_push_elem(&bloom, &value, 0) ? XDP_DROP : XDP_PASS;
        }
        SEC("?tc") int classify(struct __sk_buff *skb) { return 0; }
        """;

    public const string Subprograms = """
        struct {
            __uint(type, BPF_MAP_TYPE_ARRAY);
            __type(key, __u32);
            __type(value, __u64);
            __uint(max_entries, 4);
        } table SEC(".maps");
        static long each(void *map, __u32 *key, __u64 *value, __u64 *sum)
        {
            *sum += *value;
            return 0;
        }
        __attribute__((noinline)) int fold(__u32 value)
        {
            volatile __u32 copy = value;
            return copy ^ (copy >> 16);
        }
        static __attribute__((noinline)) int scale(__u32 value)
        {
            volatile __u32 copy = value;
            return fold(copy * 3) + fold(copy);
        }
        SEC("xdp") int entry(struct xdp_md *ctx)
        {
            __u64 sum = 0;
            int scaled = scale(ctx->rx_queue_index);
            bpf_for_each_map_elem(&table, each, &sum, 0);
            return scaled + fold(sum);
        }
        SEC("xdp") int second(struct xdp_md *ctx) { return fold(ctx->ingress_ifindex); }
        """;

    public const string Initial = """
        SEC("xdp") int drop(struct xdp_md *ctx) { return XDP_DROP; }
        SEC("xdp") int pass(struct xdp_md *ctx) { return XDP_PASS; }
        struct {
            __uint(type, BPF_MAP_TYPE_PROG_ARRAY);
            __uint(max_entries, 4);
            __uint(key_size, sizeof(__u32));
            __array(values, int (void *));
        } jumps SEC(".maps") = { .values = { [0] = (void *)&drop, [2] = (void *)&pass } };
        struct inner {
            __uint(type, BPF_MAP_TYPE_ARRAY);
            __type(key, __u32);
            __type(value, __u64);
            __uint(max_entries, 16);
        } inner_a SEC(".maps"), inner_b SEC(".maps");
        struct {
            __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
            __uint(max_entries, 8);
            __type(key, __u32);
            __array(values, struct inner);
        } outer SEC(".maps") = { .values = { [1] = &inner_a, [3] = &inner_b } };
        SEC("xdp") int jump(struct xdp_md *ctx)
        {
            __u32 key = 1;
            void *inner = bpf_map_lookup_elem(&outer, &key);
            if (inner)
                bpf_map_lookup_elem(inner, &key);
            bpf_tail_call(ctx, &jumps, 2);
            return XDP_ABORTED;
        }
        """;

    public const string Externs = """
        extern int LINUX_KERNEL_VERSION __kconfig;
        extern unsigned long CONFIG_HZ __kconfig;
        extern bool CONFIG_BPF_JIT __kconfig;
        extern char CONFIG_NAME[8] __kconfig;
        extern int CONFIG_MISSING __kconfig;
        extern int CONFIG_WEAK __kconfig __weak;
        extern const void jiffies __ksym __weak;
        extern int bpf_xdp_metadata_rx_hash(const struct xdp_md *ctx, __u32 *hash) __ksym;
        SEC("xdp") int externs(struct xdp_md *ctx)
        {
            __u32 hash = 0;
            bpf_xdp_metadata_rx_hash(ctx, &hash);
            if (&jiffies && CONFIG_BPF_JIT && CONFIG_NAME[1] == 'b')
                hash += LINUX_KERNEL_VERSION + CONFIG_HZ + CONFIG_MISSING + CONFIG_WEAK;
            return hash;
        }
        """;

    public const string LegacyMaps = """
        struct bpf_map_def { unsigned int type, key_size, value_size, max_entries, map_flags; };
        struct bpf_map_def first SEC("maps") = { .type = BPF_MAP_TYPE_HASH, .key_size = 4, .value_size = 8, .max_entries = 32 };
        struct bpf_map_def second SEC("maps") = { .type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1 };
        SEC("xdp") int old(struct xdp_md *ctx)
        {
            __u32 key = 0;
            __u32 *value = bpf_map_lookup_elem(&second, &key);
            return value ? *value + !bpf_map_lookup_elem(&first, &key) : 0;
        }
        """;
}
