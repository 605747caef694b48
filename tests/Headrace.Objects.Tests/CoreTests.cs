using Headrace.Bytecode;

namespace Headrace.Objects.Tests;

public class CoreTests
{
    internal const string KernelTypes = "/sys/kernel/btf/vmlinux";

    internal const string Program = """
        #define CORE __attribute__((preserve_access_index))
        enum kind { KIND_A = 1, KIND_B = 2, KIND_LESS = -3, KIND_GONE = 9 };
        enum big___local { BIG_X = 5 };
        struct part { int a; __u64 b; } CORE;
        struct only_here { int x; } CORE;
        typedef struct { int t; } tdef;
        struct nested___flavour { struct { int deep; } CORE; } CORE;
        struct flags { __u32 lead; unsigned one : 3; unsigned two : 7; int three : 12; } CORE;
        struct thing {
            __u16 small;
            __u64 number;
            struct part parts[4];
            struct part *link;
            __u8 bytes[8];
            int removed;
            int signed_number;
        } CORE;
        struct matches { int a; struct part *p; } CORE;
        volatile __u64 sink;
        SEC("xdp") int core(struct xdp_md *ctx)
        {
            struct thing *thing = (void *)(long)ctx->data;
            struct flags *flags = (void *)(long)ctx->data_end;
            struct nested___flavour *nested = (void *)(long)ctx->data_meta;
            sink += thing->small;
            sink += thing->number;
            sink += thing->parts[2].b;
            sink += thing->link->a;
            sink += thing->bytes[3];
            sink += nested->deep;
            if (bpf_core_field_exists(thing->removed))
                sink += thing->removed;
            sink += bpf_core_field_exists(thing->number);
            sink += bpf_core_field_size(thing->small);
            sink += bpf_core_field_size(thing->parts);
            sink += bpf_core_field_offset(thing->signed_number);
            sink += __builtin_preserve_field_info(thing->signed_number, BPF_FIELD_SIGNED);
            sink += BPF_CORE_READ_BITFIELD(flags, two);
            sink += BPF_CORE_READ_BITFIELD(flags, three);
            sink += bpf_core_type_exists(struct only_here);
            sink += bpf_core_type_exists(struct thing);
            sink += bpf_core_type_exists(tdef);
            sink += bpf_core_type_size(struct thing);
            sink += bpf_core_type_id_kernel(struct thing);
            sink += bpf_core_type_id_local(struct part);
            sink += bpf_core_enum_value_exists(enum kind, KIND_B);
            sink += bpf_core_enum_value_exists(enum kind, KIND_GONE);
            sink += bpf_core_enum_value(enum kind, KIND_B);
            sink += bpf_core_enum_value(enum kind, KIND_LESS);
            sink += bpf_core_enum_value(enum big___local, BIG_X);
            sink += bpf_core_type_exists(struct matches);
            return XDP_PASS;
        }
        """;

    private const string Target = """
        enum kind { KIND_A = 1, KIND_B = 77, KIND_LESS = -5 };
        enum big { BIG_W = 3, BIG_X = 6 };
        struct part { __u64 b; int a; };
        typedef struct { int t, u; } tdef;
        struct nested { int before; union { struct { int other; int deep; }; int last; }; };
        struct flags { __u64 lead; unsigned two : 9; unsigned one : 2; int three : 20; };
        struct thing {
            __u32 small;
            __u8 gap[100];
            struct part parts[8];
            struct part *link;
            __u64 number;
            __u8 bytes[16];
            unsigned signed_number;
        };
        struct matches { int z; int a; struct part *p; };
        struct thing thing; struct flags flags; struct nested nested; tdef t; struct matches m;
        enum kind kind; enum big big;
        SEC("xdp") int target(struct xdp_md *ctx) { return thing.small + flags.lead + nested.last + t.t + m.a + kind + big; }
        """;

    [Fact]
    public void Relocations_against_altered_types_are_libbpfs()
    {
        string program = Clang.Compile(Program, "core");
        string target = Path.ChangeExtension(Clang.Compile(Target, "target"), ".btf");
        Btf types = CollectionSpec.Load(Clang.Compile(Target, "target")).Types!;
        File.WriteAllBytes(target, types.Raw.ToArray());

        CollectionSpec ours = CollectionSpec.Load(program);
        ours.Relocate(Btf.Load(target));
        LibbpfView theirs = LibbpfPeer.Read(program, target);
        Assert.Equal(LibbpfProgram.Comparable(theirs.Programs["core"].Instructions), LibbpfProgram.Comparable(ours.Programs["core"].Instructions));
        // 25 questions, some asked by several instructions.
        Assert.InRange(ours.Programs["core"].CoreRelocations.Count, 25, 100);
    }

    [Fact]
    public void Relocations_against_the_running_kernel_are_libbpfs()
    {
        Assert.SkipUnless(File.Exists(KernelTypes), "this kernel has no BTF at " + KernelTypes);
        LibbpfTests.Compare(Clang.Compile("""
            #define CORE __attribute__((preserve_access_index))
            struct net_device { int ifindex; unsigned int mtu; char name[16]; } CORE;
            struct sk_buff { struct net_device *dev; unsigned int len; __u8 pkt_type : 3; __u16 queue_mapping; union { __u32 mark; }; } CORE;
            struct task_struct___old { long state; } CORE;
            struct task_struct { unsigned int __state; int pid; char comm[16]; struct task_struct *group_leader; } CORE;
            enum bpf_map_type___here { BPF_MAP_TYPE_RINGBUF___x = 1 };
            volatile __u64 sink;
            SEC("raw_tp/sys_enter") int kernel(void *ctx)
            {
                struct task_struct *task = (void *)bpf_get_current_task();
                struct sk_buff *skb = ctx;
                sink += BPF_CORE_READ(task, group_leader, pid);
                if (bpf_core_field_exists(((struct task_struct___old *)task)->state))
                    sink += BPF_CORE_READ((struct task_struct___old *)task, state);
                else
                    sink += BPF_CORE_READ(task, __state);
                sink += BPF_CORE_READ(skb, dev, mtu) + BPF_CORE_READ(skb, mark) + BPF_CORE_READ(skb, queue_mapping);
                sink += BPF_CORE_READ_BITFIELD_PROBED(skb, pkt_type);
                sink += bpf_core_field_size(task->comm) + bpf_core_type_size(struct sk_buff);
                sink += bpf_core_enum_value(enum bpf_map_type___here, BPF_MAP_TYPE_RINGBUF___x);
                sink += bpf_core_type_id_kernel(struct sk_buff);
                return 0;
            }
            """, "kernel"));
    }

    [Fact]
    public void What_the_target_lacks_is_poisoned_with_the_reason_and_relocating_again_heals_it()
    {
        string path = Clang.Compile("""
            struct absent { int field; } __attribute__((preserve_access_index));
            struct xdp_thing { int kept, gone; } __attribute__((preserve_access_index));
            SEC("xdp") int core(struct xdp_md *ctx)
            {
                struct absent *absent = (void *)(long)ctx->data;
                struct xdp_thing *thing = (void *)(long)ctx->data_end;
                return absent->field + thing->kept + thing->gone;
            }
            """, "absent");
        CollectionSpec spec = CollectionSpec.Load(path);
        Instruction[] asCompiled = (Instruction[])spec.Programs["core"].Instructions.Clone();
        Btf target = CollectionSpec.Load(Clang.Compile("struct xdp_thing { long before; int kept; } thing; SEC(\"xdp\") int f(void *c) { return thing.kept; }", "some")).Types!;
        IReadOnlyList<CorePoison> poisoned = spec.Relocate(target);
        Assert.Equal(2, poisoned.Count);
        Assert.Contains("no type 'absent' exists", poisoned[0].Reason);
        Assert.Contains("'xdp_thing.gone' does not exist", poisoned[1].Reason);
        Assert.All(poisoned, poison => Assert.Equal(195896080, spec.Programs["core"].Instructions[poison.Instruction].Imm32));
        Assert.Empty(spec.Relocate(spec.Types!));
        Assert.Equal(asCompiled, spec.Programs["core"].Instructions);
    }

    [Fact]
    public void A_type_matches_only_when_every_member_does()
    {
        const string Local = """
            struct inner { int a; };
            struct outer { int x; struct inner *inner; enum { ONE } e; long (*call)(struct inner *, int); };
            """;
        Assert.True(Matches(Local, "struct inner { int a; }; struct outer { long y; int x; struct inner *inner; enum { ZERO, ONE } e; long (*call)(struct inner *, int); };"));
        Assert.False(Matches(Local, "struct inner { int a; }; struct outer { long y; struct inner *inner; enum { ZERO, ONE } e; long (*call)(struct inner *, int); };"));
        Assert.False(Matches(Local, "struct inner { int a; }; struct outer { unsigned x; struct inner *inner; enum { ONE } e; long (*call)(struct inner *, int); };"));
        Assert.False(Matches(Local, "struct inner { int a; }; struct outer { int x; struct inner *inner; enum { TWO } e; long (*call)(struct inner *, int); };"));
        Assert.False(Matches(Local, "struct inner { int a; }; struct outer { int x; struct inner *inner; enum { ONE } e; long (*call)(struct inner *); };"));

        static bool Matches(string local, string target)
        {
            Btf a = Types(local), b = Types(target);
            var comparison = new Core.CoreComparison(a, b, new BtfBudget(b, 1000));
            return comparison.TypesMatch(a.Find("outer", BtfKind.Struct), b.Find("outer", BtfKind.Struct), behindPointer: false);
        }

        static Btf Types(string source) =>
            CollectionSpec.Load(Clang.Compile(source + " struct outer o; struct inner i; SEC(\"xdp\") int f(void *c) { return o.x + i.a; }".Replace("o.x + ", "", StringComparison.Ordinal))).Types!;
    }
}
