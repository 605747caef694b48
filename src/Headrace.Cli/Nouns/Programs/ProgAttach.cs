using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Programs;

/// <summary><c>prog attach</c>, <c>prog detach</c>: to the sockets of a map, or as the flow dissector. Devices are <c>net attach</c>'s.</summary>
/// <param name="name">Which of the two.</param>
/// <param name="attaches">True to attach.</param>
internal sealed class ProgAttach(string name, bool attaches) : KernelAction(name)
{
    // bpftool has old names for the first three.
    private static readonly (string Word, AttachType Type)[] s_types =
    [
        ("sk_msg_verdict", AttachType.SkMsgVerdict),
        ("sk_skb_verdict", AttachType.SkSkbVerdict),
        ("sk_skb_stream_verdict", AttachType.SkSkbStreamVerdict),
        ("sk_skb_stream_parser", AttachType.SkSkbStreamParser),
        ("flow_dissector", AttachType.FlowDissector),
        ("msg_verdict", AttachType.SkMsgVerdict),
        ("skb_verdict", AttachType.SkSkbVerdict),
        ("stream_verdict", AttachType.SkSkbStreamVerdict),
        ("stream_parser", AttachType.SkSkbStreamParser),
    ];

    public override IReadOnlyList<string> Forms =>
        [$"{Names[0]} PROG sk_msg_verdict | sk_skb_verdict | sk_skb_stream_verdict | sk_skb_stream_parser MAP", $"{Names[0]} PROG flow_dissector"];

    public override int Run(Keywords words, Answer answer)
    {
        using KernelProgram program = ProgramChoices.ReadOne(words);
        string word = words.Next("attach type");
        (string? found, AttachType type) = s_types.FirstOrDefault(one => one.Word == word);
        if (found is null)
            throw new UsageException($"there is no attach type '{word}' here; there are: {string.Join(", ", s_types.Take(5).Select(one => one.Word))}. Devices: headrace net attach");
        if (type == AttachType.FlowDissector)
        {
            words.End();
            if (attaches)
                program.AttachFlowDissector();
            else
                program.DetachFlowDissector();
        }
        else
        {
            using KernelMap sockets = MapChoices.ReadOne(words);
            words.End();
            if (attaches)
                program.AttachToSockets(sockets, type);
            else
                program.DetachFromSockets(sockets, type);
        }
        answer.Done();
        return ExitCode.Done;
    }
}
