using System.Diagnostics;
using Headrace.Bytecode;
using Headrace.Testing;

namespace Headrace.Objects.Tests;

/// <summary>Damaged files give a typed error or a smaller object: never another exception, a hang, or memory beyond a bound.</summary>
public class HostileTests
{
    private const int AllocatedPerByte = 64;
    // Zeroed sections may ask for 64 MiB; what a name table or a walk through types may spend has a fixed part as well.
    private const long AllocatedBase = 72L << 20;

    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    private static int Cases(int ordinary, int @long) => Environment.GetEnvironmentVariable("HEADRACE_LONG") == "1" ? @long : ordinary;

    [Fact]
    public void Damaged_objects_never_crash_hang_or_eat_memory()
    {
        List<byte[]> corpus = Corpus();
        Btf target = Btf.Parse(CollectionSpec.Parse(corpus[0], "target").Types!.Raw, "target");
        Run(corpus, Cases(70_000, 400_000), bytes =>
        {
            CollectionSpec spec = CollectionSpec.Parse(bytes, "hostile.o");
            Use(spec, target);
        });
    }

    [Fact]
    public void Damaged_types_never_crash_hang_or_eat_memory()
    {
        List<byte[]> corpus = [.. Corpus().Select(bytes => CollectionSpec.Parse(bytes, "corpus").Types!.Raw.ToArray())];
        Btf target = Btf.Parse(corpus[0], "target");
        Run(corpus, Cases(30_000, 200_000), bytes => Use(Btf.Parse(bytes, "hostile.btf"), target));
    }

    [Fact]
    public void Damaged_kernel_types_never_crash_hang_or_eat_memory()
    {
        Assert.SkipUnless(File.Exists(CoreTests.KernelTypes), "this kernel has no BTF at " + CoreTests.KernelTypes);
        byte[] kernel = File.ReadAllBytes(CoreTests.KernelTypes);
        Run([kernel], Cases(50, 1000), bytes =>
        {
            Btf types = Btf.Parse(bytes, "hostile.btf");
            Assert.NotNull(types.FindAll("sk_buff").ToList());
        });
    }

    [Fact]
    public void Two_to_the_power_of_nesting_is_not_walked()
    {
        // struct s1 { struct s0 a, b; }; struct s2 { struct s1 a, b; }; ... each level doubles what a walk would see.
        const int levels = 30;
        var source = new System.Text.StringBuilder("struct s0 { char a, b; };\n");
        for (int i = 1; i <= levels; i++)
            source.Append(System.Globalization.CultureInfo.InvariantCulture, $"union s{i} {{ {(i == 1 ? "struct" : "union")} s{i - 1} a, b; }};\n");
        source.Append(System.Globalization.CultureInfo.InvariantCulture, $"union s{levels} top; SEC(\"xdp\") int f(void *c) {{ return *(char *)&top; }}");
        CollectionSpec spec = CollectionSpec.Load(Clang.Compile(source.ToString(), "nested"));
        Btf types = spec.Types!;
        int top = types.Find($"s{levels}", BtfKind.Union);
        Assert.Equal(1, types.AlignmentOf(top));
        Assert.Throws<ObjectException>(() => BtfValues.Format(types, top, new byte[2]));
        Assert.Throws<ObjectException>(() => new Core.CoreComparison(types, types, new BtfBudget(types, 1 << 16)).TypesMatch(top, top, false) ? throw new ObjectException("", "", "matched") : 0);
    }

    [Fact]
    public void Copies_of_shared_functions_do_not_grow_with_the_square_of_the_file()
    {
        var source = new System.Text.StringBuilder("static __attribute__((noinline)) int shared(volatile int *p) {\n");
        for (int i = 0; i < 5000; i++)
            source.Append("*p = 1;\n");
        source.Append("return *p; }\n");
        for (int i = 0; i < 120; i++)
            source.Append(System.Globalization.CultureInfo.InvariantCulture, $"SEC(\"xdp\") int p{i}(void *c) {{ int x = 0; return shared(&x); }}\n");
        ObjectException error = Assert.Throws<ObjectException>(() => CollectionSpec.Load(Clang.Compile(source.ToString(), "copies", "-O1")));
        Assert.Contains("split the object", error.Message);
    }

    private static void Run(List<byte[]> corpus, int cases, Action<byte[]> use)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("HEADRACE_SEED"), out int given) ? given : Random.Shared.Next();
        string repeat = $"seed {seed}: HEADRACE_SEED={seed} repeats it";
        var random = new Random(seed);
        var mutator = new Mutator(random);
        int refused = 0;
        long most = 0;
        TimeSpan longest = default;
        var total = Stopwatch.StartNew();
        for (int i = 0; i < cases; i++)
        {
            byte[] bytes = mutator.Mutate(corpus[random.Next(corpus.Count)]);
            long before = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            try
            {
                use(bytes);
            }
            catch (ObjectException)
            {
                refused++;
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"case {i}, {repeat}: {error.GetType().Name}", error);
            }
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            most = Math.Max(most, allocated);
            longest = elapsed > longest ? elapsed : longest;
            Assert.True(elapsed < s_longest, $"case {i}, {repeat}: took {elapsed} for {bytes.Length} bytes");
            Assert.True(allocated < AllocatedBase + ((long)bytes.Length * AllocatedPerByte), $"case {i}, {repeat}: allocated {allocated} bytes for {bytes.Length}");
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{cases} cases, {refused} refused, {total.Elapsed.TotalSeconds:f1} s, a case at most {longest.TotalMilliseconds:f0} ms and {most >> 10} KiB; {repeat}");
        // A mutator that never or always breaks the file tests nothing.
        Assert.InRange(refused, cases / 20, cases - (cases / 100));
    }

    private static void Use(CollectionSpec spec, Btf target)
    {
        ObjectSummary summary = ObjectSummary.Of(spec);
        Assert.Equal(spec.Programs.Count, summary.Programs.Count);
        foreach (ProgramSpec program in spec.Programs)
            Assert.NotEmpty(Instruction.Encode(program.Instructions));
        foreach (VariableSpec variable in spec.Variables)
            variable.Bytes.Clear();
        spec.Relocate(target);
        foreach (ProgramSpec program in spec.Programs)
            Assert.NotEmpty(Instruction.Encode(program.Instructions));
    }

    private static void Use(Btf types, Btf target)
    {
        var formatter = new BtfFormatter(types);
        byte[] value = new byte[64];
        var path = new CoreRelocation(0, CoreRelocationKind.FieldByteOffset, 1, "0:1:0", default);
        var resolver = new Core.CoreResolver(types, target);
        for (int id = 0; id < types.Count; id++)
        {
            int current = id;
            Attempt(() => formatter.Define(current));
            Attempt(() => types.AlignmentOf(current));
            Attempt(() => BtfValues.Format(types, current, value));
            Attempt(() => resolver.Resolve(path with { TypeId = current }));
        }
        Attempt(() => BtfHeader.Write(types, TextWriter.Null));
        Assert.NotNull(types.FindAll("int").ToList());
        Attempt(() => Assert.Equal(types.Count, Btf.Parse(types.KernelForm, "kernel form").Count));
    }

    private static void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (ObjectException error)
        {
            Assert.NotEmpty(error.Message);
        }
    }

    private static List<byte[]> Corpus()
    {
        const string debian = "/usr/lib/x86_64-linux-gnu/bpf/xdp-dispatcher.o";
        List<string> paths = [.. Repository.ProgramObjects];
        if (File.Exists(debian))
            paths.Add(debian);
        if (Tools.Exist("clang"))
            paths.AddRange([Clang.Compile(Sources.Globals, "counters"), Clang.Compile(Sources.Subprograms, "calls"), Clang.Compile(Sources.Initial, "initial"),
                Clang.Compile(Sources.Externs, "externs"), Clang.Compile(Sources.LegacyMaps, "legacy"), Clang.Compile(CoreTests.Program, "core")]);
        return [.. paths.Select(File.ReadAllBytes)];
    }
}
