using Headrace.Linux;

namespace Headrace.Cli.Nouns.Programs;

/// <summary><c>prog pin</c>: gives a program a path.</summary>
internal sealed class ProgPin() : KernelAction("pin")
{
    public override IReadOnlyList<string> Forms => ["pin PROG PATH"];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelProgram program = ProgramChoices.ReadOne(words);
        string path = words.Next("the path to pin the program at");
        words.End();
        PinPlace.Prepare(path, answer);
        PinPlace.Pin(path, program.Pin);
        answer.Done();
        return ExitCode.Done;
    }
}
