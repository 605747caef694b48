using Headrace.Bytecode;
using Headrace.Linux;

namespace Headrace.Cli.Nouns.Net;

/// <summary><c>net attach</c>: puts a program on a device, where it stays until it is detached.</summary>
internal sealed class NetAttach() : KernelAction("attach")
{
    public override IReadOnlyList<string> Forms =>
        ["attach xdp | xdpgeneric | xdpdrv | xdpoffload PROG dev NAME [overwrite]", "attach tcx_ingress | tcx_egress PROG dev NAME"];

    public override int Run(Keywords words, Answer answer)
    {
        NetPlace place = NetPlace.Read(words);
        using KernelProgram program = ProgramChoices.ReadOne(words);
        words.Expect("dev");
        string device = words.Next("the device's name");
        bool overwrites = words.Accept("overwrite");
        words.End();
        if (place.Direction is { } direction)
        {
            if (overwrites)
                throw new UsageException("overwrite: tcx runs any number of programs one after the other; detach the other one");
            program.AttachTcx(device, direction);
        }
        else
        {
            Attach(program, device, place.Mode, overwrites);
        }
        answer.Done();
        return ExitCode.Done;
    }

    private static void Attach(KernelProgram program, string device, XdpMode mode, bool overwrites)
    {
        NetworkDevice target = NetworkDevice.Find(device);
        uint before = target.Xdp.ProgramOf(mode);
        using KernelProgram? other = overwrites && before != 0 ? KernelProgram.Open(before) : null;
        if (other is not null && target.FindXdpLink(before) is { } holder)
            throw new HeadraceException($"link {holder} holds program {before} on {device}: what its owner attached is left alone ('headrace link detach id {holder}' forces it off)");
        using XdpLink link = program.AttachXdp(device, new XdpAttachOptions { Mode = mode, Method = AttachMethod.Netlink, Replace = other });
        link.Leave();
    }
}
