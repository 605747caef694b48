using Headrace.Linux;

namespace Headrace.Cli.Nouns.Links;

/// <summary><c>link show</c>: what is attached by links.</summary>
internal sealed class LinkShow() : KernelAction("show", "list")
{
    public override IReadOnlyList<string> Forms => ["show [id N | pinned PATH]"];

    public override int Run(Keywords words, Answer answer)
    {
        bool chosen = !words.IsEmpty;
        IEnumerable<KernelLink> links = chosen ? [LinkChoices.Read(words)] : KernelLink.All();
        words.End();
        PinTable? pins = PinTable.Read(answer);
        IReadOnlyList<NetworkDevice> devices = NetworkDevice.All();
        List<LinkRecord> records = [];
        foreach (KernelLink link in links)
        {
            using (link)
                records.Add(new LinkRecord(link.GetInfo(), pins?.PathsOf(PinKind.Link, link.Id), devices));
        }
        answer.WriteRecords(records, chosen);
        return ExitCode.Done;
    }
}
