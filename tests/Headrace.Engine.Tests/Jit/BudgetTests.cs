using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests.Jit;

/// <summary>What the jit takes from the budget: loops that the verifier has walked to their end run free, everything that may go on for longer pays.</summary>
public class BudgetTests
{
    private const long Budget = 1000;

    private const string Counted = """
        r6 = 0
        next:
        r6 += 1
        if r6 < 2000 goto next
        r0 = 7
        exit
        """;

    private static readonly MachineOptions s_options = new() { Budget = Budget };

    [Fact]
    public void Loop_that_the_verifier_has_walked_runs_to_its_end()
    {
        using Collection collection = Collection.Load(TestProgram.Spec(Counted));
        Assert.Equal(7U, TestProgram.Run(EngineKind.Jit, collection.Programs["main"], options: s_options));
    }

    [Fact]
    public void The_same_loop_unverified_pays_as_on_the_interpreter()
    {
        using Collection collection = TestProgram.Load(TestProgram.Spec(Counted));
        LoadedProgram program = collection.Programs["main"];
        Assert.Equal(7U, TestProgram.Run(EngineKind.Jit, program, options: new MachineOptions { Budget = 4000 }));
        Assert.Equal(Stopped(EngineKind.Interpreter, program), Stopped(EngineKind.Jit, program));
        Assert.Equal(Stopped(EngineKind.Interpreter, program, 3997), Stopped(EngineKind.Jit, program, 3997));
    }

    [Fact]
    public void Rounds_of_may_goto_pay()
    {
        using Collection collection = Collection.Load(TestProgram.Spec("""
            next:
            may_goto out
            goto next
            out:
            r0 = 7
            exit
            """));
        Stopped(EngineKind.Jit, collection.Programs["main"]);
    }

    [Fact]
    public void Callbacks_pay()
    {
        using Collection collection = TestProgram.Load(TestProgram.Spec("""
            r1 = 2000
            r2 = subprog[body] ll
            r3 = 0
            r4 = 0
            call bpf_loop#181
            r0 = 7
            exit
            body:
            r0 = 0
            exit
            """));
        Assert.Equal(Stopped(EngineKind.Interpreter, collection.Programs["main"]), Stopped(EngineKind.Jit, collection.Programs["main"]));
    }

    // The verifier walks a global function once: a loop that calls it is short for it, and may be long.
    [Fact]
    public void Loops_that_call_global_functions_pay()
    {
        var spec = new CollectionSpec { Source = "test", License = "GPL" };
        spec.Programs.Add(new ProgramSpec
        {
            Name = "main",
            Type = ProgramType.Xdp,
            License = "GPL",
            Functions = [new FunctionSpec("main", 0, true, 0), new FunctionSpec("work", 6, true, 0)],
            Instructions = Assembler.Assemble("""
            r6 = 0
            next:
            call work
            r6 += 1
            if r6 < 50 goto next
            r0 = 7
            exit
            work:
            r7 = 0
            again:
            r7 += 1
            if r7 < 50 goto again
            r0 = 0
            exit
            """, _ => null),
        });
        using Collection collection = Collection.Load(spec);
        Stopped(EngineKind.Jit, collection.Programs["main"]);
        Assert.Equal(7U, TestProgram.Run(EngineKind.Jit, collection.Programs["main"], options: new MachineOptions { Budget = 100_000 }));
    }

    private static int Stopped(EngineKind engine, LoadedProgram program, long budget = Budget)
    {
        ProgramFaultException fault = Assert.Throws<ProgramFaultException>(() => TestProgram.Run(engine, program, options: new MachineOptions { Budget = budget }));
        Assert.Contains("looks endless", fault.Reason, StringComparison.Ordinal);
        return fault.Instruction;
    }
}
