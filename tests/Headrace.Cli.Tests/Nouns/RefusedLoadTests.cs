namespace Headrace.Cli.Tests.Nouns;

public class RefusedLoadTests
{
    [Fact]
    public void A_program_that_the_kernel_refuses_comes_with_advice()
    {
        using var objects = new KernelObjects();
        using var folder = new TemporaryFolder();
        // Bytes of the packet without a look at data_end.
        File.WriteAllText(folder.File("unchecked.s"), ".section xdp\n.func unchecked\n\tr1 = *(u32 *)(r1 + 0)\n\tr0 = *(u8 *)(r1 + 0)\n\texit\n");
        KernelObjects.Ours("asm", folder.File("unchecked.s"), "-o", folder.File("unchecked.o"));
        (int code, _, string error) = Shell.Run("prog", "load", folder.File("unchecked.o"), objects["unchecked"]);
        Assert.Equal(1, code);
        Assert.Contains("invalid access to packet", error);
        Assert.Contains("what usually helps:", error);
        Assert.False(File.Exists(objects["unchecked"]));
    }
}
