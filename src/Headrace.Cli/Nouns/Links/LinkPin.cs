using Headrace.Linux;

namespace Headrace.Cli.Nouns.Links;

/// <summary><c>link pin</c>: gives a link a path.</summary>
internal sealed class LinkPin() : KernelAction("pin")
{
    public override IReadOnlyList<string> Forms => ["pin LINK PATH"];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelLink link = LinkChoices.Read(words);
        string path = words.Next("the path to pin the link at");
        words.End();
        PinPlace.Prepare(path, answer);
        PinPlace.Pin(path, link.Pin);
        answer.Done();
        return ExitCode.Done;
    }
}
