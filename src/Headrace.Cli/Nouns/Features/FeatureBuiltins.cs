using Headrace.Bytecode;
using Headrace.Cli.Nouns.Links;
using Headrace.Linux;
using Headrace.Objects;

namespace Headrace.Cli.Nouns.Features;

/// <summary><c>feature list_builtins</c>: the names that are known here, whatever this kernel can do.</summary>
internal sealed class FeatureBuiltins() : KernelAction("list_builtins")
{
    public override IReadOnlyList<string> Forms => ["list_builtins prog_types | map_types | attach_types | link_types | helpers"];

    public override int Run(Keywords words, Answer answer)
    {
        IReadOnlyList<string> names = words.AcceptAny("prog_types", "map_types", "attach_types", "link_types", "helpers") switch
        {
            "prog_types" => [.. Enum.GetValues<ProgramType>().Select(KernelWords.Of)],
            "map_types" => MapTypeNames.All,
            "attach_types" => [.. Enum.GetValues<AttachType>().Select(KernelWords.Of)],
            "link_types" => [.. Enum.GetValues<LinkType>().Select(LinkRecord.WordOf)],
            "helpers" => [.. Enumerable.Range(0, HelperNames.Count).Select(id => "bpf_" + HelperNames.Of((HelperId)id))],
            _ => throw new UsageException("which names? prog_types, map_types, attach_types, link_types or helpers"),
        };
        words.End();
        answer.Write(
            json =>
            {
                json.WriteStartArray();
                foreach (string name in names)
                    json.WriteStringValue(name);
                json.WriteEndArray();
            },
            output =>
            {
                foreach (string name in names)
                    output.WriteLine(name);
            });
        return ExitCode.Done;
    }
}
