using System.Globalization;
using System.Text;

namespace Headrace.Objects.Tests;

public class BtfHeaderTests
{
    private const string Kernel = "/sys/kernel/btf/vmlinux";

    private const string Awkward = """
        struct later;
        typedef void (*callback_t)(struct later *, int);
        typedef struct { int a; struct { char b; long c; }; union { int d; long e; } u; } anonymous_t;
        struct packed { char a; long b; short c; } __attribute__((packed));
        struct holds_packed { char a; struct packed p; int b; };
        struct one_packed { char a; int b __attribute__((packed)); short c; };
        struct bits { int a : 3; int : 2; unsigned b : 7; long c : 33; char d; short e : 5; short : 0; short f : 9; _Bool g : 1; };
        struct packed_bits { char a : 3; int b : 31; long c : 40; } __attribute__((packed));
        struct wide { char a; int b __attribute__((aligned(64))); char c; };
        struct tail { long a; char b; } __attribute__((aligned(32)));
        union aligned { char a; int b; } __attribute__((aligned(16)));
        struct in_union { char a; union aligned u; };
        struct only_hole { int : 5; } ;
        enum small { SMALL_A, SMALL_B } __attribute__((packed));
        enum large { LARGE = 0x123456789abULL, LARGE_NEGATIVE = -5 };
        struct later { callback_t call; struct later *next; anonymous_t *plain; enum small s; enum large l; struct bits b[3];
                       const char *const names[4]; int (*table[2])(const struct later *, ...); int matrix[2][3]; long flexible[]; };
        struct uses { struct later l; struct holds_packed hp; struct one_packed op; struct packed_bits pb; struct wide w; struct tail t; struct in_union iu; struct only_hole oh; } everything;
        """;

    [Fact]
    public void A_compiler_puts_every_member_where_the_object_had_it()
    {
        Btf original = Btf.Load(Clang.Compile(Awkward, "awkward"));
        Assert.True(Compare(original) >= 12);
    }

    [Fact]
    public void A_compiler_puts_every_member_of_the_kernels_types_where_the_kernel_has_it()
    {
        Assert.SkipUnless(File.Exists(Kernel), $"this kernel does not show its types ({Kernel})");
        Assert.True(Compare(Btf.Load(Kernel)) > 1000);
    }

    [Fact]
    public void Only_what_was_asked_for_and_what_it_needs_is_written()
    {
        Btf types = Btf.Load(Clang.Compile("struct inner { int a; }; struct other { int b; }; struct outer { struct inner i; struct other *o; } x; struct other y;", "roots"));
        string header = HeaderOf(types, [types.Find("outer", BtfKind.Struct)]);
        Assert.Contains("struct inner {", header);
        Assert.Contains("struct other;", header);
        Assert.DoesNotContain("struct other {", header);
        Assert.True(header.IndexOf("struct inner {", StringComparison.Ordinal) < header.IndexOf("struct outer {", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_types_of_one_name_get_two_names()
    {
        // As a kernel has them: two files, each with its own struct of the same tag.
        Btf first = Btf.Load(Clang.Compile("struct twice { int a; } x;", "first"));
        Btf both = Btf.Parse(Btf.Load(Clang.Compile("struct twice { long b; long c; } y;", "second")).Raw, "second", first);
        string header = HeaderOf(both, [first.Find("twice", BtfKind.Struct), both.FindAll("twice").Last()]);
        Assert.Contains("struct twice {", header);
        Assert.Contains("struct twice___2 {", header);
    }

    private static string HeaderOf(Btf types, IReadOnlyCollection<int>? roots = null)
    {
        var text = new StringWriter();
        BtfHeader.Write(types, text, roots);
        return text.ToString();
    }

    /// <summary>Compiles the header of some types with a variable of every struct and compares the types of the outcome; returns how many.</summary>
    private static int Compare(Btf original)
    {
        Assert.SkipUnless(Tools.Exist("clang"), "clang is not installed");
        string header = HeaderOf(original);
        List<BtfComposite> composites = [];
        for (int id = 1; id < original.Count; id++)
        {
            if (original[id] is BtfComposite { Name.Length: > 0 } composite && original.FindAll(composite.Name).Count(other => original[other].IsComposite || original[other].IsEnum) == 1)
                composites.Add(composite);
        }
        var source = new StringBuilder(header);
        foreach (BtfComposite composite in composites)
            source.Append(CultureInfo.InvariantCulture, $"{Keyword(composite)} {composite.Name} variable_{composite.Name};\n");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("headrace-header-");
        try
        {
            string input = Path.Combine(folder.FullName, "header.c"), output = Path.Combine(folder.FullName, "header.o");
            File.WriteAllText(input, source.ToString());
            Tools.Run("clang", $"-target bpf -g -w -std=gnu11 -c {input} -o {output}");
            Btf compiled = Btf.Load(output);
            foreach (BtfComposite composite in composites)
            {
                int again = compiled.Find(composite.Name, composite.Kind);
                Assert.True(again != 0, $"{composite.Name} is missing");
                // Its list of arguments is the processor's, not BPF's.
                if (composite.Name != "warn_args")
                    Assert.Equal(Describe(original, composite), Describe(compiled, (BtfComposite)compiled[again]));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        return composites.Count;
    }

    private static string Keyword(BtfComposite composite) => composite.Kind == BtfKind.Union ? "union" : "struct";

    // Names, places and sizes of all that has a name, and the same of what has none inside of it.
    private static string Describe(Btf types, BtfComposite composite)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{composite.Kind} {composite.Name} of {composite.Size}:\n");
        Members(types, composite, 0, text);
        return text.ToString();
    }

    private static void Members(Btf types, BtfComposite composite, uint start, StringBuilder text)
    {
        foreach (BtfMember member in composite.Members)
        {
            int type = types.SkipModifiers(member.TypeId);
            if (member.Name.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"  {member.Name} at {start + member.BitOffset} bits {member.BitSize} of {types.TrySizeOf(type)}\n");
            if (types[type] is BtfComposite { Name: "" } inner)
                Members(types, inner, start + member.BitOffset, text);
        }
    }
}
