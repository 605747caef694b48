using Headrace.Linux;

namespace Headrace.Cli.Nouns.Types;

/// <summary><c>btf show</c>: the sets of types the kernel holds, and who uses them.</summary>
internal sealed class BtfShow() : KernelAction("show", "list")
{
    public override IReadOnlyList<string> Forms => ["show [id N]"];

    public override int Run(Keywords words, Answer answer)
    {
        bool chosen = !words.IsEmpty;
        if (chosen)
            words.Expect("id");
        IEnumerable<KernelBtf> all = chosen ? [KernelBtf.Open((uint)words.Number("id"))] : KernelBtf.All();
        words.End();
        List<BtfInfo> infos = [];
        foreach (KernelBtf types in all)
        {
            using (types)
                infos.Add(types.GetInfo());
        }
        ILookup<uint, uint> programs = KernelProgram.All().Select(program => program.GetInfo()).ToLookup(info => info.BtfId, info => info.Id);
        ILookup<uint, uint> maps = KernelMap.All().Select(map => map.GetInfo()).ToLookup(info => info.BtfId, info => info.Id);
        answer.WriteRecords([.. infos.Select(info => new BtfRecord(info, [.. programs[info.Id]], [.. maps[info.Id]]))], chosen);
        return ExitCode.Done;
    }
}
