namespace Headrace.Linux;

/// <summary>How an XDP program is attached.</summary>
public sealed record XdpAttachOptions
{
    /// <summary>Where it is to run.</summary>
    public XdpMode Mode { get; init; }

    /// <summary>How it is attached.</summary>
    public AttachMethod Method { get; init; }

    /// <summary>
    /// The program that must be there now, whose place is taken at once, without a packet in between that meets neither; null when the
    /// device must be free. Attached by netlink it is replaced by netlink; attached by a link, that link is updated.
    /// </summary>
    public KernelProgram? Replace { get; init; }
}
