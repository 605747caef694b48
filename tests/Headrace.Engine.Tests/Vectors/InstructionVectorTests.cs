namespace Headrace.Engine.Tests;

public class InstructionVectorTests
{
    public static TheoryData<EngineKind, int> Vectors
    {
        get
        {
            var rows = new TheoryData<EngineKind, int>();
            foreach (EngineKind engine in Enum.GetValues<EngineKind>())
            {
                foreach (InstructionVector vector in InstructionVector.All)
                    rows.Add(engine, vector.Line);
            }
            return rows;
        }
    }

    [Theory, MemberData(nameof(Vectors))]
    public void Program_answers_what_the_vector_says(EngineKind engine, int line) =>
        InstructionVector.All.First(vector => vector.Line == line).Check(engine);
}
