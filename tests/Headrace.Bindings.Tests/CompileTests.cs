using System.Security.Cryptography;

namespace Headrace.Bindings.Tests;

/// <summary>Compiling what is older than its sources, and what happens without a compiler.</summary>
public class CompileTests
{
    private const string Source = "#include \"value.h\"\nSEC(\"xdp\") int judge(struct xdp_md *ctx) { return VALUE + HEADER_VALUE; }";
    private const string Missing = "clang-that-is-not-there";

    [Fact]
    public void An_object_is_made_again_when_its_source_or_a_header_is_newer()
    {
        using Workshop workshop = Make();
        string target = Path.Combine(workshop.Folder, "made.bpf.o");
        DateTime first = Touch(target);
        Assert.Equal(0, workshop.Build(["made.bpf.c"], includes: ["include"]));
        Assert.Equal(first, File.GetLastWriteTimeUtc(target));

        byte[] before = File.ReadAllBytes(target);
        string header = Path.Combine(workshop.Folder, "include", "value.h");
        File.WriteAllText(header, "#define HEADER_VALUE 1\n");
        File.SetLastWriteTimeUtc(header, first.AddSeconds(1));
        Assert.Equal(0, workshop.Build(["made.bpf.c"], includes: ["include"]));
        Assert.NotEqual(before, File.ReadAllBytes(target));
        Assert.Contains("value.h", File.ReadAllText(Path.Combine(workshop.Output, "inputs.list")));
    }

    [Fact]
    public void The_same_source_makes_the_same_bytes_in_any_folder()
    {
        using Workshop one = Make(), other = Make();
        Assert.Equal(SHA256.HashData(File.ReadAllBytes(Path.Combine(one.Folder, "made.bpf.o"))), SHA256.HashData(File.ReadAllBytes(Path.Combine(other.Folder, "made.bpf.o"))));
    }

    [Fact]
    public void Without_a_compiler_the_committed_object_is_used_and_a_message_says_so()
    {
        using Workshop workshop = Make();
        byte[] before = File.ReadAllBytes(Path.Combine(workshop.Folder, "made.bpf.o"));
        workshop.Write("made.bpf.c", Source.Replace("judge", "other"));
        Assert.Equal(0, workshop.Build(["made.bpf.c"], clang: Missing));
        Assert.Contains($"'{Missing}' is not there: made.bpf.o is used as it is, although it is older than its source", workshop.Log);
        Assert.DoesNotContain("error", workshop.Log);
        Assert.DoesNotContain("warning", workshop.Log);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(workshop.Folder, "made.bpf.o")));
        Assert.Contains("program judge Xdp", File.ReadAllText(Assert.Single(Directory.GetFiles(workshop.Output, "*.bpfobject"))));
        // A next build must look again.
        Assert.False(File.Exists(Path.Combine(workshop.Output, "stamp")));
    }

    [Fact]
    public void Without_a_compiler_and_without_an_object_it_is_an_error()
    {
        using var workshop = new Workshop();
        workshop.Write("made.bpf.c", Source);
        Assert.Equal(1, workshop.Build(["made.bpf.c"], clang: Missing));
        Assert.Contains("error HR0202", workshop.Log);
        Assert.Contains("install clang, or commit the object beside its source", workshop.Log);
    }

    [Fact]
    public void What_the_compiler_says_has_the_form_of_a_builds_errors()
    {
        using Workshop workshop = Make();
        byte[] before = File.ReadAllBytes(Path.Combine(workshop.Folder, "made.bpf.o"));
        string source = workshop.Write("made.bpf.c", Source.Replace("VALUE +", "nonsense +"));
        Assert.Equal(1, workshop.Build(["made.bpf.c"], includes: ["include"]));
        Assert.Matches($@"{source}\(4,\d+\) ?: error: use of undeclared identifier 'nonsense'", workshop.Log);
        Assert.Contains("error HR0201", workshop.Log);
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(workshop.Folder, "made.bpf.o")));
        Assert.False(File.Exists(Path.Combine(workshop.Output, "stamp")));
        Assert.Empty(Directory.GetFiles(workshop.Output, "*.new"));
    }

    [Fact]
    public void An_editor_compiles_nothing()
    {
        using var workshop = new Workshop();
        workshop.Write("made.bpf.c", Source);
        Assert.Equal(0, workshop.Build(["made.bpf.c"], designTime: true));
        Assert.False(File.Exists(Path.Combine(workshop.Folder, "made.bpf.o")));
        Assert.Contains("\nerror ", File.ReadAllText(Assert.Single(Directory.GetFiles(workshop.Output, "*.bpfobject"))));
    }

    [Fact]
    public void A_description_goes_with_its_object()
    {
        using Workshop workshop = Make();
        workshop.Write("second.bpf.c", Source);
        Assert.Equal(0, workshop.Build(["made.bpf.c", "second.bpf.c"], includes: ["include"]));
        Assert.Equal(2, Directory.GetFiles(workshop.Output, "*.bpfobject").Length);
        Assert.Equal(0, workshop.Build(["second.bpf.c"], includes: ["include"]));
        Assert.Single(Directory.GetFiles(workshop.Output, "*.bpfobject"));
    }

    private static Workshop Make()
    {
        Workshop.RequireClang();
        var workshop = new Workshop();
        Directory.CreateDirectory(Path.Combine(workshop.Folder, "include"));
        File.WriteAllText(Path.Combine(workshop.Folder, "include", "value.h"), "#define HEADER_VALUE 0\n");
        workshop.Write("made.bpf.c", Source);
        Assert.True(workshop.Build(["made.bpf.c"], includes: ["include"]) == 0, workshop.Log);
        return workshop;
    }

    private static DateTime Touch(string path)
    {
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(2));
        return File.GetLastWriteTimeUtc(path);
    }
}
