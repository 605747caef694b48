using System.Diagnostics;
using System.Text.Json;

namespace Headrace.Objects.Tests;

public class BtfTests
{
    private const string Shapes = """
        struct forward;
        typedef unsigned long long u64t;
        enum color { RED, GREEN = 5, BLUE = 9 };
        struct inner { int x; short y[2][3]; };
        struct shape {
            char name[8];
            const volatile struct inner *in;
            union { __u32 u; float f; };
            struct { unsigned a : 3; int b : 5; } bits;
            int (*callback)(struct forward *, const char *, ...);
            int (*table[4])(void);
            enum color color;
            u64t number;
            bool flag;
            struct inner last;
        };
        struct shape shape = { .name = "veth0", .u = 0x3fc00000, .bits = { 5, -2 }, .color = GREEN, .number = 1ULL << 63, .flag = 1, .last = { -7, { { 1, 2, 3 }, { 4, 5, 6 } } } };
        enum color colors[2] = { RED, BLUE };
        SEC("xdp") int use(struct xdp_md *ctx) { return shape.number + colors[1]; }
        """;

    private static CollectionSpec Load() => CollectionSpec.Load(Clang.Compile(Shapes, "shapes"));

    [Fact]
    public void Definitions_are_written_as_C()
    {
        Btf types = Load().Types!;
        Assert.Equal(
            """
            struct shape {
            	char name[8];
            	const volatile struct inner *in;
            	union {
            		__u32 u;
            		float f;
            	};
            	struct {
            		unsigned int a : 3;
            		int b : 5;
            	} bits;
            	int (*callback)(struct forward *, const char *, ...);
            	int (*table[4])(void);
            	enum color color;
            	u64t number;
            	bool flag;
            	struct inner last;
            }
            """,
            new BtfFormatter(types).Define(types.Find("shape", BtfKind.Struct)).Replace("_Bool", "bool", StringComparison.Ordinal));
        Assert.Equal("enum color {\n\tRED = 0,\n\tGREEN = 5,\n\tBLUE = 9,\n}", new BtfFormatter(types).Define(types.Find("color", BtfKind.Enum)));
        Assert.Equal("typedef unsigned long long u64t", new BtfFormatter(types).Define(types.Find("u64t", BtfKind.Typedef)));
        Assert.Equal("int use(struct xdp_md *ctx)", new BtfFormatter(types).Define(types.Find("use", BtfKind.Function)));
    }

    [Fact]
    public void Definitions_compile_to_the_same_layout()
    {
        Btf types = Load().Types!;
        var formatter = new BtfFormatter(types);
        string source = string.Join("", new[] { "color", "inner", "u64t", "shape" }
            .Select(name => formatter.Define(types.FindAll(name).First(id => types[id] is BtfComposite or BtfEnum or BtfModifier)) + ";\n"))
            .Replace("bool", "_Bool", StringComparison.Ordinal);
        Btf again = CollectionSpec.Load(Clang.Compile("struct forward;\n" + source + "struct shape shape;\nSEC(\"xdp\") int use(void *ctx) { return shape.number; }", "again")).Types!;
        Assert.Equal(
            types.Find<BtfComposite>("shape")!.Members.Select(member => (member.Name, member.BitOffset, member.BitSize)),
            again.Find<BtfComposite>("shape")!.Members.Select(member => (member.Name, member.BitOffset, member.BitSize)));
    }

    [Fact]
    public void Values_are_shown_as_their_type_says()
    {
        CollectionSpec spec = Load();
        VariableSpec shape = spec.Variables["shape"];
        Assert.Equal(
            "{ .name = \"veth0\", .in = 0x0, .u = 1069547520, .f = 1.5, .bits = { .a = 5, .b = -2 }, .callback = 0x0, .table = { 0x0, 0x0, 0x0, 0x0 }, " +
            ".color = GREEN, .number = 9223372036854775808, .flag = true, .last = { .x = -7, .y = { { 1, 2, 3 }, { 4, 5, 6 } } } }",
            BtfValues.Format(spec.Types!, shape.TypeId, shape.Bytes));
        Assert.Equal("{ RED, BLUE }", BtfValues.Format(spec.Types!, spec.Variables["colors"].TypeId, spec.Variables["colors"].Bytes));
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            BtfValues.WriteJson(spec.Types!, shape.TypeId, shape.Bytes, writer);
        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        Assert.Equal("GREEN", json.RootElement.GetProperty("color").GetString());
        Assert.Equal(1UL << 63, json.RootElement.GetProperty("number").GetUInt64());
        Assert.Equal(5, json.RootElement.GetProperty("bits").GetProperty("a").GetInt32());
        Assert.Contains("only 3 are there", Assert.Throws<ObjectException>(() => BtfValues.Format(spec.Types!, shape.TypeId, new byte[3])).Message);
    }

    [Fact]
    public void Sizes_and_alignments_are_the_compilers()
    {
        CollectionSpec spec = CollectionSpec.Load(Clang.Compile("""
            struct packed { char c; int i; } __attribute__((packed));
            struct plain { char c; int i; __u64 l[3]; };
            struct packed a; struct plain b; struct plain c[7]; int *d; enum e { E } e;
            int answers[] = { sizeof(a), sizeof(b), sizeof(c), sizeof(d), sizeof(e), __alignof__(struct packed), __alignof__(struct plain), __alignof__(c), __alignof__(d), __alignof__(e) };
            SEC("xdp") int use(void *ctx) { return a.i + b.i + c[1].i + (long)d + e + answers[0]; }
            """, "sizes"));
        Btf types = spec.Types!;
        string[] names = ["a", "b", "c", "d", "e"];
        int[] expected = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, int>(spec.Variables["answers"].Bytes).ToArray();
        Assert.Equal(expected[..5], names.Select(name => (int)types.SizeOf(spec.Variables[name].TypeId)));
        Assert.Equal(expected[5..], names.Select(name => types.AlignmentOf(spec.Variables[name].TypeId)));
    }

    [Fact]
    public void The_running_kernels_types_are_read_fast_and_completely()
    {
        Assert.SkipUnless(File.Exists(CoreTests.KernelTypes), "this kernel has no BTF at " + CoreTests.KernelTypes);
        byte[] bytes = File.ReadAllBytes(CoreTests.KernelTypes);
        var watch = Stopwatch.StartNew();
        Btf types = Btf.Parse(bytes, "vmlinux");
        TimeSpan parsed = watch.Elapsed;
        Assert.NotEqual(0, types.Find("sk_buff", BtfKind.Struct));
        TimeSpan found = watch.Elapsed;
        int sized = 0;
        for (int id = 1; id < types.Count; id++)
        {
            BtfType type = types[id];
            if (type is BtfComposite or BtfEnum or BtfInt or BtfArray && types.TrySizeOf(id) is >= 0)
                sized++;
            Assert.NotEmpty(new BtfFormatter(types).Declare(type is BtfDeclarationTag or BtfDataSection or BtfFunction or BtfVariable ? type.Target : id, "x"));
        }
        Assert.True(sized > 1000);
        TestContext.Current.TestOutputHelper?.WriteLine($"{types.Count} types: parsed in {parsed.TotalMilliseconds:f1} ms, first look-up after {found.TotalMilliseconds:f1} ms, all decoded and named after {watch.Elapsed.TotalMilliseconds:f0} ms");
        Assert.True(found < TimeSpan.FromSeconds(2), $"parsing took {parsed}, the first look-up {found}");
    }

    [Fact]
    public void Types_and_their_sizes_are_bpftools()
    {
        Assert.SkipUnless(Tools.Exist("bpftool"), "bpftool is not installed");
        foreach (string path in (string[])[Clang.Compile(Shapes, "shapes"), Clang.Compile(Program26(), "wide")])
        {
            Btf types = CollectionSpec.Load(path).Types!;
            using JsonDocument json = JsonDocument.Parse(Tools.Run("bpftool", $"-j btf dump file {path}"));
            JsonElement all = json.RootElement.GetProperty("types");
            Assert.Equal(types.Count - 1, all.GetArrayLength());
            foreach (JsonElement row in all.EnumerateArray())
            {
                BtfType type = types[row.GetProperty("id").GetInt32()];
                string name = row.GetProperty("name").GetString()!;
                Assert.Equal(name == "(anon)" ? "" : name, type.Name);
                if (type is BtfComposite composite)
                    Assert.Equal(row.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("bits_offset").GetUInt32()), composite.Members.Select(member => member.BitOffset));
                if (type.Kind != BtfKind.DataSection && row.TryGetProperty("size", out JsonElement size))
                    Assert.Equal(size.GetInt64(), types.SizeOf(row.GetProperty("id").GetInt32()));
            }
        }
    }

    [Fact]
    public void Types_that_loop_are_an_error_and_no_hang()
    {
        // typedef a -> typedef b -> typedef a
        Btf types = Blob([1, 0x0800_0000, 2], [3, 0x0800_0000, 1]);
        foreach (Action use in (Action[])[() => types.SkipModifiers(1), () => types.SizeOf(1), () => types.AlignmentOf(1)])
            Assert.Contains("32", Assert.Throws<ObjectException>(use).Message);
        // const -> const
        Btf constants = Blob([0, 0x0a00_0000, 2], [0, 0x0a00_0000, 1]);
        Assert.Throws<ObjectException>(() => new BtfFormatter(constants).Name(1));
        // struct with members of its own type
        Btf self = Blob([1, 0x0400_0002, 8, 1, 1, 0, 3, 1, 0]);
        Assert.Throws<ObjectException>(() => self.AlignmentOf(1));
        Assert.Throws<ObjectException>(() => BtfValues.Format(self, 1, new byte[8]));
    }

    private static string Program26() => """
        enum wide { BIG = 0x100000000ULL, SMALL = 1 } wide;
        struct tagged { int a; } __attribute__((btf_decl_tag("tag"))) tagged;
        double number;
        SEC("xdp") int use(void *ctx) { return wide + tagged.a; }
        """;

    private static Btf Blob(params uint[][] records)
    {
        uint[] types = [.. records.SelectMany(record => record)];
        byte[] strings = "\0a\0b\0\0"u8.ToArray();
        uint[] header = [0x0001eb9f, 24, 0, (uint)types.Length * 4, (uint)types.Length * 4, (uint)strings.Length];
        return Btf.Parse((byte[])[.. header.Concat(types).SelectMany(BitConverter.GetBytes), .. strings], "made here");
    }
}
