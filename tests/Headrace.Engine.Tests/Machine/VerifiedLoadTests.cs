using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Verifier;

namespace Headrace.Engine.Tests.Machine;

public class VerifiedLoadTests
{
    private const string Careless = "r2 = *(u32 *)(r1 + 0)\nr0 = *(u8 *)(r2 + 0)\nr0 = 2\nexit\n";
    private const string Pass = "r0 = 2\nexit\n";

    [Fact]
    public void What_the_kernel_would_refuse_is_not_loaded()
    {
        VerificationException refusal = Assert.Throws<VerificationException>(() => Collection.Load(TestProgram.Spec(Careless)));
        Assert.Equal(("main", 1, "R2 offset is outside of the packet"), (refusal.Program, refusal.Instruction, refusal.LastLine));
        Assert.Contains("invalid access to packet", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loaded_programs_have_their_facts()
    {
        using Collection collection = Collection.Load(TestProgram.Spec(Pass));
        Assert.Equal(2UL, collection.Programs["main"].Verified![1][Register.R0].Constant);
    }

    [Fact]
    public void Unverified_programs_run_on_the_interpreter_alone()
    {
        using Collection collection = Collection.Load(TestProgram.Spec(Careless), new EngineOptions { Unverified = true });
        LoadedProgram program = collection.Programs["main"];
        Assert.Null(program.Verified);
        Assert.Equal(2U, TestProgram.Run(EngineKind.Interpreter, program));
        Assert.Contains("unverified", Assert.Throws<UnsupportedFeatureException>(() => program.CreateExecutor(EngineKind.Jit)).Message, StringComparison.Ordinal);
        Assert.Throws<UnsupportedFeatureException>(() => new JitExecutor(program));
    }

    [Fact]
    public void Programs_are_chosen_by_name_and_optional_ones_only_so()
    {
        CollectionSpec spec = TestProgram.Add(TestProgram.Spec(Pass), "careless", Careless);
        Assert.Throws<VerificationException>(() => Collection.Load(spec));
        using (Collection chosen = Collection.Load(spec, new EngineOptions { Programs = ["main"] }))
            Assert.Equal(["main"], chosen.Programs.Keys);
        spec.Programs["careless"].AutoLoad = false;
        using (Collection chosen = Collection.Load(spec))
            Assert.Equal(["main"], chosen.Programs.Keys);
        Assert.Throws<VerificationException>(() => Collection.Load(spec, new EngineOptions { Programs = ["careless"] }));
    }

    [Fact]
    public void A_verified_program_does_not_go_on_into_one_that_is_not()
    {
        const string Jump = "r2 = map[programs]\nr3 = 0\ncall 12\nr0 = 1\nexit\n";
        MapSpec programs() => TestProgram.Map("programs", MapType.ProgramArray, 4, 4, 1);
        using Map shared = Map.Create(programs());
        var options = new EngineOptions { Maps = new Dictionary<string, Map> { ["programs"] = shared } };
        using Collection verified = Collection.Load(TestProgram.Spec(Jump, maps: programs()), options);
        using Collection careless = Collection.Load(TestProgram.Spec(Careless), new EngineOptions { Unverified = true });
        shared.Update([0, 0, 0, 0], BitConverter.GetBytes(careless.Programs["main"].Id));
        foreach (EngineKind kind in (EngineKind[])[EngineKind.Interpreter, EngineKind.Jit])
        {
            ProgramFaultException fault = Assert.Throws<ProgramFaultException>(() => TestProgram.Run(kind, verified.Programs["main"]));
            Assert.Contains("which was not verified", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nonsense_in_dead_code_is_taken_as_the_kernel_takes_it()
    {
        CollectionSpec spec = TestProgram.Spec("r0 = 2\nif r0 == 2 goto +1\nr0 = be16 r0\nexit\n");
        Instruction[] code = spec.Programs[0].Instructions;
        code[2] = code[2] with { Src = Register.R5 };
        using Collection collection = Collection.Load(spec);
        Assert.Equal(2U, TestProgram.Run(EngineKind.Jit, collection.Programs["main"]));
        code[1] = code[1] with { Immediate = 3 };
        Assert.ThrowsAny<HeadraceException>(() => Collection.Load(spec));
    }
}
