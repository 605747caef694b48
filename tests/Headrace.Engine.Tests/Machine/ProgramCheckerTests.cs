using System.Text;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests;

public class ProgramCheckerTests
{
    [Theory]
    [InlineData("goto +5\nexit", 0, "jump to 6 leaves the program of 2 slots")]
    [InlineData("goto +1\nr1 = 0x1 ll\nexit", 0, "jump to 2 lands inside a 64-bit immediate")]
    [InlineData("r0 = 0", 0, "the program runs off its end: the last instruction must be exit or goto")]
    [InlineData("r0 = 1\nif r0 == 1 goto +1\ncall f\nexit\nf:\nr0 = 0\nif r0 == 0 goto -3\nexit", 5, "jumps to 3, out of its function, which is at 4 to 6")]
    [InlineData("call f\nr0 = 0\nf:\nr0 = 1\nexit", 1, "the function runs off its end: the last instruction must be exit or goto")]
    [InlineData("call unknown#4711\nr0 = 0\nexit", 0, "calls helper 4711, which does not exist")]
    [InlineData("r1 = map[idx:3] ll\nr0 = 0\nexit", 0, "refers to map 3, the collection has 1")]
    [InlineData("r1 = map[fd:3] ll\nr0 = 0\nexit", 0, "refers to a map by file descriptor, which only the kernel knows")]
    [InlineData("r1 = map[idx:0][0]+8 ll\nr0 = 0\nexit", 0, "takes the address of byte 8 of the value of map 'data', which has 8")]
    [InlineData("r0 = *(u8 *)skb[0]\nexit", 0, "legacy packet access is for socket filters and traffic-control programs only")]
    [InlineData("call f\nexit\nf:\ncall f\nr0 = 0\nexit", 2, "calls nest deeper than 8 frames (recursion is not possible)")]
    [InlineData("*(u8 *)(r10 -300) = 1\ncall f\nexit\nf:\n*(u8 *)(r10 -250) = 1\nr0 = 0\nexit", 3, "the stacks of 2 nested calls take 560 bytes together, 512 are allowed")]
    [InlineData("r2 = r10\nr2 += -272\n*(u8 *)(r2 +0) = 1\ncall f\nexit\nf:\n*(u8 *)(r10 -250) = 1\nr0 = 0\nexit", 5, "the stacks of 2 nested calls take 528 bytes together, 512 are allowed")]
    public void Program_no_engine_can_run_is_refused_with_the_place(string text, int instruction, string reason)
    {
        var refusal = Assert.Throws<ProgramLoadException>(() => TestProgram.Load(TestProgram.Spec(text, ProgramType.Xdp, TestProgram.Array("data"))));
        Assert.Equal((instruction, reason), (refusal.Instruction, refusal.Reason));
    }

    [Theory]
    [InlineData("call bpf_get_stackid#27\nexit", "helper bpf_get_stackid")]
    [InlineData("call bpf_override_return#58\nexit", "helper bpf_override_return")]
    [InlineData("r1 = btf[41] ll\nr0 = 0\nexit", "the address of a kernel variable")]
    public void What_is_only_in_the_kernel_is_refused_by_name(string text, string feature) =>
        Assert.Equal(feature, Assert.Throws<UnsupportedFeatureException>(() => TestProgram.Load(TestProgram.Spec(text))).Feature);

    [Fact]
    public void Kfunc_is_refused_by_name()
    {
        var spec = new CollectionSpec { Source = "test" };
        spec.Programs.Add(new ProgramSpec
        {
            Name = "main",
            Type = ProgramType.Xdp,
            Instructions = Assembler.Assemble("call kernel-function#77\nexit"),
            Kfuncs = new Dictionary<int, string> { [0] = "bpf_xdp_metadata_rx_hash" },
        });
        var refusal = Assert.Throws<UnsupportedFeatureException>(() => TestProgram.Load(spec));
        Assert.Equal("kfunc bpf_xdp_metadata_rx_hash", refusal.Feature);
        Assert.StartsWith("program 'main', instruction 0, needs kfunc bpf_xdp_metadata_rx_hash", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Program_type_without_a_context_is_refused() =>
        Assert.Equal("program type Kprobe",
            Assert.Throws<UnsupportedFeatureException>(() => TestProgram.Load(TestProgram.Spec("r0 = 0\nexit", ProgramType.Kprobe))).Feature);

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void Calls_nest_to_8_frames(int frames, bool accepted)
    {
        var text = new StringBuilder();
        for (int i = 1; i < frames; i++)
            text.AppendLine($"call f{i}").AppendLine("exit").AppendLine($"f{i}:");
        text.AppendLine("r0 = 3").AppendLine("exit");
        if (accepted)
            Assert.All(Enum.GetValues<EngineKind>(), engine => Assert.Equal(3u, TestProgram.Run(engine, TestProgram.Spec(text.ToString()))));
        else
            Assert.Throws<ProgramLoadException>(() => TestProgram.Load(TestProgram.Spec(text.ToString())));
    }

    [Fact]
    public void Stack_of_512_bytes_is_enough_for_a_program_of_512()
    {
        using Collection collection = TestProgram.Load(TestProgram.Spec("*(u8 *)(r10 -512) = 1\nr0 = 0\nexit"));
        Assert.Single(collection.Programs);
    }

    [Fact]
    public void Many_ways_to_the_same_function_are_checked_in_no_time()
    {
        // Each function calls the next one 40 times: 40 to the power of 7 ways.
        var text = new StringBuilder();
        for (int i = 1; i < 8; i++)
        {
            for (int call = 0; call < 40; call++)
                text.AppendLine($"call f{i}");
            text.AppendLine("exit").AppendLine($"f{i}:");
        }
        text.AppendLine("r0 = 0").AppendLine("exit");
        using Collection collection = TestProgram.Load(TestProgram.Spec(text.ToString()));
        Assert.Single(collection.Programs);
    }
}
