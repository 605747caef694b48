using System.Reflection;
using Headrace.Bindings.Shapes;
using Headrace.Bindings.Tool;
using Headrace.Objects;

namespace Headrace.Bindings.Tests;

/// <summary>Every kind of type C has, from clang and from this kernel's own BTF.</summary>
public class KindTests
{
    private const string Source = """
        typedef unsigned __int128 u128;
        typedef __int128 s128;
        enum tiny { TINY_A, TINY_B = 200 } __attribute__((packed));
        enum signed_one { MINUS = -5, PLUS = 5 };
        enum wide { WIDE = 0xfedcba9876543210ULL };
        struct __attribute__((packed)) squeezed { __u8 a; __u64 b; __u16 c; struct { __u8 x; __u32 y; } d; };
        struct bits {
            __u32 first : 3, : 2, second : 27;
            int below : 5;
            long long far : 40;
            _Bool flag : 1;
            enum signed_one kind : 4;
            __u8 last : 1;
        };
        struct __attribute__((packed)) tight_bits { __u8 head; __u64 all : 63; __u64 over : 62; __u8 tail : 3; };
        struct holes { __u8 a; __u64 b; __u8 c; };
        union address { __u32 word; __u8 bytes[4]; struct { __u16 high, low; } halves; };
        struct kinds {
            char name[16];
            char one;
            signed char negative;
            _Bool yes;
            short s; unsigned short us; int i; unsigned u; long l; unsigned long ul;
            s128 huge; u128 vast;
            float f; double d;
            void *pointer; int (*function)(int);
            enum tiny tiny; enum signed_one signed_one; enum wide wide; enum { ANON_A, ANON_B } anonymous;
            struct squeezed squeezed; struct bits bits; struct tight_bits tight; struct holes holes;
            union address address;
            union { __u64 whole; struct { __u32 low; union { __u32 high; __u8 high_bytes[4]; }; }; };
            struct { __u32 inner; } nested, more[3];
            int matrix[2][3];
            struct holes rows[2];
            __u8 flexible[];
        };
        struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, struct kinds); } kinds_map SEC(".maps");
        char title[8] = "abc";
        struct bits bits_variable = { .first = 5, .below = -3 };
        int grid[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
        static volatile int hidden = 4;
        SEC("xdp") int f(struct xdp_md *ctx) { return bits_variable.first + title[0] + grid[1][1] + hidden; }
        """;

    private const string Consumer = """
        using Headrace.Bindings;
        public static class Consumer
        {
            public static string Use()
            {
                Face.Spec spec = Face.Open();
                spec.Variables.Title = "xyz";
                using Face.UserSpace face = Face.LoadUserSpace(spec);
                Face.Kinds kinds = default;
                kinds.Name = "eth0";
                kinds.Address.Bytes[1] = 1;
                kinds.Bits.Below = -3;
                kinds.Bits.Kind = Face.SignedOne.Plus;
                kinds.More[2].Inner = 9;
                kinds.Matrix[1][2] = 6;
                kinds.HighBytes[0] = 7;
                kinds.Vast = System.UInt128.MaxValue;
                face.Maps.KindsMap[0] = kinds;
                Face.Kinds read = face.Maps.KindsMap[0];
                Face.Bits bits = face.Variables.BitsVariable;
                return $"{read.Name} {read.Address.Word} {read.Bits.Below} {read.Bits.Kind} {read.More[2].Inner} {read.Matrix[1][2]} {read.High} {read.Whole} {read.Equals(kinds)} "
                    + $"{face.Variables.Title} {bits.First} {bits.Below} {face.Variables.Grid[1][0]} {face.Variables.Grid.Length} {face.Variables.Hidden} {read.Vast == System.UInt128.MaxValue}";
            }
        }
        [BpfObject("made.bpf.o")]
        public partial class Face;
        """;

    [Fact]
    public void Every_kind_of_type_is_laid_out_as_clang_did()
    {
        Workshop.RequireClang();
        using var workshop = new Workshop();
        Generated generated = workshop.Generate(Source, Consumer);
        Assert.Empty(generated.Reported);
        Assert.Empty(generated.Compiled);
        Assembly assembly = generated.Load();
        CollectionSpec spec = CollectionSpec.Load(Path.Combine(workshop.Folder, "made.bpf.o"));
        int compared = new BtfComparison(spec.Types!, assembly.GetType("Face")!).CompareAll();
        Assert.InRange(compared, 60, 100);
        Assert.Equal("eth0 256 -3 Plus 9 6 7 30064771072 True xyz 5 -3 4 2 4 True", assembly.GetType("Consumer")!.GetMethod("Use")!.Invoke(null, null));
        Type kinds = assembly.GetType("Face+Kinds")!;
        Assert.Null(kinds.GetField("Flexible"));
        Assert.Equal(typeof(bool), kinds.GetField("Yes")!.FieldType);
        Assert.Equal(typeof(ulong), kinds.GetField("Function")!.FieldType);
        object text = Activator.CreateInstance(kinds.GetField("Name")!.FieldType)!;
        MethodInfo convert = text.GetType().GetMethod("op_Implicit", [typeof(string)])!;
        Assert.Equal("fifteen letters", convert.Invoke(null, ["fifteen letters"])!.ToString());
        Assert.IsType<ArgumentException>(Assert.Throws<TargetInvocationException>(() => convert.Invoke(null, ["sixteen letters!"])).InnerException);
    }

    [Fact]
    public void Types_of_this_kernel_are_laid_out_as_its_btf_says()
    {
        const string KernelTypes = "/sys/kernel/btf/vmlinux";
        Assert.SkipUnless(File.Exists(KernelTypes), "this kernel has no BTF at " + KernelTypes);
        Btf types = Btf.Load(KernelTypes);
        var shape = new ObjectShape { Path = "/project/made.bpf.o" };
        var shapes = new TypeShapes(types, shape.Types);
        foreach (string name in (string[])["sk_buff", "tcp_sock", "xdp_buff", "iphdr", "ipv6hdr", "tcphdr", "bpf_prog", "bpf_verifier_state", "page"])
            shapes.Use(types.Find(name, BtfKind.Struct));
        Generated generated = Generated.From("[Headrace.Bindings.BpfObject(\"made.bpf.o\")] public partial class Face;", [ShapeText.WriteObject(shape)]);
        Assert.Empty(generated.Compiled);
        // A kernel has several types of some names: those are left out, since no name tells which one is meant.
        IEnumerable<int> known = shape.Types.Where(type => types.FindAll(type.Name).Count(id => types[id].IsComposite || types[id].IsEnum) == 1)
            .GroupBy(type => Identifiers.Pascal(type.Name)).Where(group => group.Count() == 1)
            .Select(group => types.FindAll(group.First().Name).First(id => types[id].IsComposite || types[id].IsEnum));
        int compared = new BtfComparison(types, generated.Load().GetType("Face")!).Compare(known);
        TestContext.Current.TestOutputHelper?.WriteLine($"{shape.Types.Count} types, {compared} members and constants compared");
        Assert.InRange(compared, 500, int.MaxValue);
    }
}
