using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Net;

/// <summary><c>net detach</c>: takes a program off a device.</summary>
internal sealed class NetDetach() : KernelAction("detach")
{
    public override IReadOnlyList<string> Forms =>
        ["detach xdp | xdpgeneric | xdpdrv | xdpoffload dev NAME", "detach tcx_ingress | tcx_egress PROG dev NAME"];

    public override int Run(Keywords words, Answer answer)
    {
        NetPlace place = NetPlace.Read(words);
        using KernelProgram? program = place.Direction is null ? null : ProgramChoices.ReadOne(words);
        words.Expect("dev");
        string device = words.Next("the device's name");
        words.End();
        if (place.Direction is { } direction)
            program!.DetachTcx(device, direction);
        else if (!XdpLink.Detach(device, place.Mode))
            throw new HeadraceException($"there is no such XDP program on {device}: nothing was detached");
        answer.Done();
        return ExitCode.Done;
    }
}
