using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Cli.Tests;

public class AssemblyVerbTests
{
    public static TheoryData<string> Objects() => [.. Repository.ProgramObjects.Select(path => Path.GetFileName(path))];

    [Theory, MemberData(nameof(Objects))]
    public void What_disasm_writes_assembles_to_the_same_instructions(string name)
    {
        string original = Path.Combine(Repository.Programs, name);
        using var folder = new TemporaryFolder();
        foreach (string[] options in (string[][])[[], ["--labels"]])
        {
            (int code, string text, string error) = Shell.Run(["disasm", original, .. options]);
            Assert.True(code == 0, error);
            File.WriteAllText(folder.File("copy.s"), text);
            (code, _, error) = Shell.Run("asm", folder.File("copy.s"), "-o", folder.File("copy.o"));
            Assert.True(code == 0, error);
            CollectionSpec expected = CollectionSpec.Load(original), copy = CollectionSpec.Load(folder.File("copy.o"));
            Assert.Equal(expected.Programs.Select(program => program.Name), copy.Programs.Select(program => program.Name));
            foreach (ProgramSpec program in expected.Programs)
                Assert.Equal(Named(program, expected), Named(copy.Programs[program.Name], copy));
        }
    }

    // The order of maps in a file is the linker's business: a reference is to a name.
    private static (Instruction, string?)[] Named(ProgramSpec program, CollectionSpec spec) =>
    [
        .. program.Instructions.Select(instruction => instruction.Opcode.IsWideLoad && instruction.WideLoadKind is WideLoadKind.MapIndex or WideLoadKind.MapValueIndex
            ? (instruction with { Immediate = instruction.Immediate >> 32 }, spec.Maps[instruction.Imm32].Name)
            : (instruction, null)),
    ];

    [Fact]
    public void An_error_in_the_text_says_file_line_and_column_and_writes_nothing()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("bad.s"), ".section xdp\n.func f\n\tr0 = = 1\n\texit\n");
        (int code, _, string error) = Shell.Run("asm", folder.File("bad.s"), "-o", folder.File("bad.o"));
        Assert.Equal(1, code);
        Assert.Contains("bad.s:3:", error);
        Assert.False(File.Exists(folder.File("bad.o")));
    }
}
