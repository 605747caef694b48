using Headrace.Bytecode;
using Headrace.Objects.Elf;
using Headrace.Testing;

namespace Headrace.Objects.Tests.Writing;

public class ObjectDisassemblerTests
{
    private const string ThirdParty = "/usr/lib/x86_64-linux-gnu/bpf";

    /// <summary>The project's own objects and those that other projects have installed here.</summary>
    public static TheoryData<string> Objects =>
        [.. Repository.ProgramObjects.Select(path => Path.GetRelativePath(Repository.Root, path)),
            .. (Directory.Exists(ThirdParty) ? Directory.GetFiles(ThirdParty, "*.o") : []).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Objects))]
    public void An_objects_text_assembles_to_the_same_bytes(string path)
    {
        byte[] original = File.ReadAllBytes(Path.Combine(Repository.Root, path));
        Same(original, path);
    }

    [Fact]
    public void Every_kind_of_reference_assembles_to_the_same_bytes()
    {
        string path = Clang.Compile("""
            static int hidden; int shown = 5; static int started = 7; static const int constant = 9; const volatile int setting = 3; static __u64 many[4];
            struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __array(values, int (void *)); } jumps SEC(".maps");
            struct inner { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, int); __type(value, int); } one SEC(".maps"), two SEC(".maps");
            struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 2); __type(key, int); __array(values, struct inner); }
                outer SEC(".maps") = { .values = { [0] = &one, [1] = &two } };
            static __attribute__((noinline)) int leaf(int x) { asm volatile("" ::: "memory"); return x * 3 + hidden; }
            __attribute__((noinline)) int branch(int x) { asm volatile("" ::: "memory"); return leaf(x) + shown; }
            static __attribute__((noinline)) int callback(__u32 i, void *c) { started++; return 0; }
            extern int kernel_function(int) __ksym;
            extern int LINUX_KERNEL_VERSION __kconfig;
            SEC("xdp") int first(struct xdp_md *ctx)
            {
                bpf_loop(3, callback, 0, 0); many[2]++;
                bpf_tail_call(ctx, &jumps, 1);
                return leaf(1) + branch(2) + setting + ((volatile const int *)&constant)[0] + (bpf_map_lookup_elem(&outer, &shown) != 0);
            }
            SEC("fentry/some_function") int second(void *ctx) { char text[] = "text \"quoted\" %d\n"; bpf_trace_printk(text, sizeof(text)); return branch(2) + kernel_function(3) + LINUX_KERNEL_VERSION; }
            """);
        byte[] original = File.ReadAllBytes(path);
        Same(original, path);
        string text = ObjectDisassembler.Disassemble(path);
        Assert.Contains("call leaf\n", text);
        Assert.Contains("call branch\n", text);
        Assert.Contains("call kernel_function\n", text);
        Assert.Contains("subprog[callback] ll", text);
        Assert.Contains("map[jumps] ll", text);
        Assert.Contains("map[.bss][0]+0 ll", text);
        Assert.Contains("&shown ll", text);
        Assert.Contains(".section fentry/some_function", text);
    }

    [Fact]
    public void Text_of_an_assembled_module_reads_back_to_the_same_object()
    {
        byte[] first = ObjectWriter.ToBytes(AssemblyModule.Parse(AssemblyExamples.Everything, "everything.s"));
        Same(first, "everything.o");
        string labelled = ObjectDisassembler.Parse(first, "everything.o").ToText(labels: true);
        Assert.Contains("L", labelled);
        SameSections(first, ObjectWriter.ToBytes(AssemblyModule.Parse(labelled)), labelled);
    }

    [Fact]
    public void One_program_comes_with_what_it_calls()
    {
        byte[] all = ObjectWriter.ToBytes(AssemblyModule.Parse(AssemblyExamples.Everything, "everything.s"));
        string text = ObjectDisassembler.Parse(all, "everything.o", "first").ToText();
        Assert.Contains(".func weigh static", text);
        Assert.Contains(".map packets", text);
        Assert.DoesNotContain(".func second", text);
        Assert.DoesNotContain(".section tc", text);
        Assert.DoesNotContain(".map events", text);
        CollectionSpec whole = CollectionSpec.Parse(all, "a"), part = CollectionSpec.Parse(ObjectWriter.ToBytes(AssemblyModule.Parse(text)), "b");
        Assert.Equal(Named(whole, "first"), Named(part, "first"));
        Assert.Contains("'third'; there are: first, second, classify", Assert.Throws<ObjectException>(() => ObjectDisassembler.Parse(all, "everything.o", "third")).Message);
    }

    private static void Same(byte[] original, string name)
    {
        string text = ObjectDisassembler.Parse(original, name).ToText();
        byte[] again = ObjectWriter.ToBytes(AssemblyModule.Parse(text, "again.s"));
        SameSections(original, again, text);
        CollectionSpec before = CollectionSpec.Parse(original, name), after = CollectionSpec.Parse(again, name);
        Assert.Equal(before.License, after.License);
        Assert.Equal(before.Programs.Select(program => (program.Name, program.Section, program.Type)), after.Programs.Select(program => (program.Name, program.Section, program.Type)));
        foreach (ProgramSpec program in before.Programs)
            Assert.Equal(Named(before, program.Name), Named(after, program.Name));
        foreach (MapSpec map in before.Maps.Where(map => map.Name != ".kconfig"))
            SameMap(map, after.Maps[map.Name]);
        // A second time nothing changes any more, down to the file.
        string second = ObjectDisassembler.Parse(again, name).ToText();
        Assert.Equal(Code(text), Code(second));
    }

    private static void SameMap(MapSpec before, MapSpec after)
    {
        Assert.Equal((before.Type, before.KeySize, before.ValueSize, before.MaxEntries, before.Flags, before.PinByName), (after.Type, after.KeySize, after.ValueSize, after.MaxEntries, after.Flags, after.PinByName));
        Assert.Equal(before.Data, after.Data);
        Assert.Equal(before.Entries.Select(entry => entry.Reference), after.Entries.Select(entry => entry.Reference));
        if (before.InnerMap is not null)
            SameMap(before.InnerMap, after.InnerMap!);
    }

    private static void SameSections(byte[] before, byte[] after, string text)
    {
        ElfFile first = ElfFile.Parse(before, "before"), second = ElfFile.Parse(after, "after");
        ElfSection[] sections = [.. first.Sections.Where(section => section.IsCode && section.Size > 0)];
        Assert.NotEmpty(sections);
        foreach (ElfSection section in sections)
        {
            ElfSection other = second.Find(section.Name) ?? throw new InvalidOperationException($"{section.Name} is missing:\n{text}");
            Assert.Equal(Convert.ToHexString(first.Contents(section).Span), Convert.ToHexString(second.Contents(other).Span));
        }
    }

    // Maps may change places: their names do not.
    internal static string Named(CollectionSpec spec, string program)
    {
        ProgramSpec found = spec.Programs[program];
        string text = ProgramText.Format(found.Instructions, new DisassemblyNames { Map = index => spec.Maps[index].Name });
        return text + string.Join(',', found.Functions.Select(function => function.Name)) + string.Join(',', found.Kfuncs.Values);
    }

    private static string Code(string text) => string.Join('\n', text.Split('\n').Where(line => !line.TrimStart().StartsWith(';')));
}
