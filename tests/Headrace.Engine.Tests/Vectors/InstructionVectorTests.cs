namespace Headrace.Engine.Tests;

public class InstructionVectorTests
{
    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("HEADRACE_LONG") == "1";

    // Eight million rounds of may_goto take the token simulator seconds: it does them in the long run.
    private static bool IsLong(InstructionVector vector) => vector.Result == 0x80_0000 && vector.Text.Contains("may_goto", StringComparison.Ordinal);

    public static TheoryData<EngineKind, int> Vectors
    {
        get
        {
            var rows = new TheoryData<EngineKind, int>();
            foreach (EngineKind engine in Enum.GetValues<EngineKind>())
            {
                foreach (InstructionVector vector in InstructionVector.All.Where(vector => engine != EngineKind.Dataflow || s_isLong || !IsLong(vector)))
                    rows.Add(engine, vector.Line);
            }
            return rows;
        }
    }

    [Theory, MemberData(nameof(Vectors))]
    public void Program_answers_what_the_vector_says(EngineKind engine, int line) =>
        InstructionVector.All.First(vector => vector.Line == line).Check(engine);
}
