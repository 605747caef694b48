namespace Headrace.Engine.Tests;

public class InterpreterVectorTests
{
    public static TheoryData<int> Lines => [.. InstructionVector.All.Select(vector => vector.Line)];

    [Theory]
    [MemberData(nameof(Lines))]
    public void Instruction_answers_what_the_vector_says(int line) =>
        InstructionVector.All.First(vector => vector.Line == line).Check(EngineKind.Interpreter);
}
