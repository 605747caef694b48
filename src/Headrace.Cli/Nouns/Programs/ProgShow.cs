using Headrace.Linux;

namespace Headrace.Cli.Nouns.Programs;

/// <summary><c>prog show</c>: what is loaded.</summary>
internal sealed class ProgShow() : KernelAction("show", "list")
{
    public override IReadOnlyList<string> Forms => ["show [id N | tag T | name X | pinned PATH]"];

    public override int Run(Keywords words, Answer answer)
    {
        bool chosen = !words.IsEmpty;
        IEnumerable<KernelProgram> programs = chosen ? ProgramChoices.Read(words) : KernelProgram.All();
        words.End();
        PinTable? pins = PinTable.Read(answer);
        List<ProgramRecord> records = [];
        foreach (KernelProgram program in programs)
        {
            using (program)
                records.Add(new ProgramRecord(program.GetInfo(), pins?.PathsOf(PinKind.Program, program.Id)));
        }
        answer.WriteRecords(records, chosen);
        return ExitCode.Done;
    }
}
