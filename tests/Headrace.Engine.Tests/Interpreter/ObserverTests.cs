using Headrace.Bytecode;

namespace Headrace.Engine.Tests;

public unsafe class ObserverTests
{
    private const string Loop = """
        r0 = 0
        r1 = 3
        loop:
        r0 += r1
        r1 += -1
        if r1 != 0 goto loop
        exit
        """;

    [Fact]
    public void Trace_shows_each_instruction_with_the_registers_it_changed()
    {
        var text = new StringWriter { NewLine = "\n" };
        using LoadedProgram program = LoadedProgram.LoadPlain(Assembler.Assemble("r0 = 5\nr6 = 0xffffffffffffffff ll\nr0 += r6\nif r0 != 4 goto +0\nexit"));
        using var interpreter = new Interpreter(program) { Observer = new Tracer(text) };
        interpreter.Invoke(null, 0);
        Assert.Equal("""
            vm:
            0: (b7) r0 = 5                                   ; r0=0x5
            1: (18) r6 = 0xffffffffffffffff ll               ; r6=0xffffffffffffffff
            3: (0f) r0 += r6                                 ; r0=0x4
            4: (55) if r0 != 0x4 goto pc+0
            5: (95) exit
            returns 0x4

            """.ReplaceLineEndings("\n"), text.ToString());
    }

    [Fact]
    public void Profile_counts_every_instruction()
    {
        using LoadedProgram program = LoadedProgram.LoadPlain(Assembler.Assemble(Loop));
        var profiler = new Profiler();
        using var interpreter = new Interpreter(program) { Observer = profiler };
        interpreter.Invoke(null, 0);
        interpreter.Invoke(null, 0);
        Assert.Equal([2, 2, 6, 6, 6, 2], profiler.Counts(program).ToArray());
        var text = new StringWriter();
        profiler.Write(text);
        Assert.Contains("24 instructions", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("6  25.0%     2: r0 += r1", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_show_the_registers_between_instructions()
    {
        using LoadedProgram program = LoadedProgram.LoadPlain(Assembler.Assemble(Loop));
        using var interpreter = new Interpreter(program);
        Assert.Throws<InvalidOperationException>(() => interpreter.Step());
        interpreter.Begin(null, 0);
        var slots = new List<int>();
        do
        {
            slots.Add(interpreter.NextSlot);
            if (interpreter.NextSlot == 3)
                Assert.Contains(interpreter.Registers[0], new ulong[] { 3, 5, 6 });
        }
        while (interpreter.Step());
        Assert.Equal([0, 1, 2, 3, 4, 2, 3, 4, 2, 3, 4, 5], slots);
        Assert.Equal(6ul, interpreter.Registers[0]);
        Assert.Throws<InvalidOperationException>(() => interpreter.Step());
    }

    [Fact]
    public void Steps_go_into_functions_and_give_the_verdict()
    {
        using Collection collection = TestProgram.Load(TestProgram.Spec("call f\nexit\nf:\nr0 = 2\nexit"));
        using var interpreter = new Interpreter(collection.Programs["main"]);
        using var burst = new PacketBurst(1);
        burst.Add(new byte[60]);
        interpreter.Begin(burst.Frames);
        int steps = 1;
        while (interpreter.Step())
            steps++;
        Assert.Equal((4, 2u), (steps, burst.Frames[0].Verdict));
    }
}
