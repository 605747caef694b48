using System.Diagnostics;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Objects;

/// <summary>Programs are fitted to the types of the kernel they are loaded into.</summary>
public class CoreRelocationTests
{
    private const string Source = """
        struct task_struct { int pid; } __attribute__((preserve_access_index));
        struct nobody_has_this { int x; } __attribute__((preserve_access_index));
        __attribute__((section("xdp"), used)) int size(void *ctx) { return __builtin_preserve_type_info(*(struct task_struct *)0, 1); }
        __attribute__((section("xdp"), used)) int missing(void *ctx) { return __builtin_preserve_type_info(*(struct nobody_has_this *)0, 0) + 7; }
        char LICENSE[] __attribute__((section("license"), used)) = "GPL";
        """;

    [Fact]
    public void Sizes_and_presence_are_those_of_this_kernel()
    {
        RequiresKernel.OrSkip();
        using KernelCollection collection = KernelCollection.Load(CollectionSpec.Parse(Compile(), "core.bpf.o"));
        var kernel = Btf.Load("/sys/kernel/btf/vmlinux");
        int size = Enumerable.Range(1, kernel.Count - 1).Select(id => kernel[id]).OfType<BtfComposite>().First(type => type.Name == "task_struct").Size;
        Assert.Equal((uint)size, collection.Programs["size"].TestRun(new byte[64]).ReturnValue);
        Assert.Equal(7u, collection.Programs["missing"].TestRun(new byte[64]).ReturnValue);
    }

    private static byte[] Compile()
    {
        string folder = Directory.CreateTempSubdirectory("headrace-core").FullName;
        try
        {
            string source = Path.Combine(folder, "core.bpf.c"), target = Path.Combine(folder, "core.bpf.o");
            File.WriteAllText(source, Source);
            Assert.SkipUnless(File.Exists("/usr/bin/clang"), "clang is not here: it compiles the program of this test");
            using Process clang = Process.Start("/usr/bin/clang", ["-O2", "-g", "-target", "bpf", "-c", source, "-o", target]);
            clang.WaitForExit();
            Assert.Equal(0, clang.ExitCode);
            return File.ReadAllBytes(target);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
