using Headrace.Linux;

namespace Headrace.Cli.Nouns.Links;

/// <summary><c>link detach</c>: takes a link's program off what it is attached to.</summary>
internal sealed class LinkDetach() : KernelAction("detach")
{
    public override IReadOnlyList<string> Forms => ["detach LINK"];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelLink link = LinkChoices.Read(words);
        words.End();
        link.Detach();
        answer.Done();
        return ExitCode.Done;
    }
}
