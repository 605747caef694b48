namespace Headrace.Linux.Sys;

/// <content>Links.</content>
internal static unsafe partial class Bpf
{
    private const uint Replace = 1 << 2; // BPF_F_REPLACE

    /// <summary>Attaches a program.</summary>
    /// <returns>The link's descriptor, or -errno.</returns>
    public static int CreateLink(ref LinkCreateAttr attributes) => Call(BpfCommand.LinkCreate, ref attributes);

    /// <summary>Replaces a link's program, where <paramref name="expected"/> is given only that one.</summary>
    /// <returns>0 or -errno.</returns>
    public static int UpdateLink(Descriptor link, Descriptor program, Descriptor? expected)
    {
        var attributes = new LinkUpdateAttr
        {
            LinkFd = link.Value,
            NewProgramFd = program.Value,
            Flags = expected is null ? 0 : Replace,
            OldProgramFd = expected?.Value ?? 0,
        };
        return Call(BpfCommand.LinkUpdate, ref attributes);
    }

    /// <summary>Detaches a link by force.</summary>
    /// <returns>0 or -errno.</returns>
    public static int DetachLink(Descriptor link)
    {
        var attributes = new LinkUpdateAttr { LinkFd = link.Value };
        return Call(BpfCommand.LinkDetach, ref attributes);
    }

    /// <summary>Attaches a program without a link (<c>BPF_PROG_ATTACH</c>), or detaches it.</summary>
    /// <returns>0 or -errno.</returns>
    public static int Attach(ref ProgramAttachAttr attributes, bool detach) => Call(detach ? BpfCommand.ProgramDetach : BpfCommand.ProgramAttach, ref attributes);

    /// <summary>Asks which programs are attached to something.</summary>
    /// <returns>0 or -errno.</returns>
    public static int QueryPrograms(ref ProgramQueryAttr attributes) => Call(BpfCommand.ProgramQuery, ref attributes);
}
