namespace Headrace.Linux;

/// <summary>How a tc program is attached.</summary>
public sealed record TcAttachOptions
{
    /// <summary>How it is attached: by a link (tcx), or by netlink as a filter of the clsact queueing discipline, which is made where missing.</summary>
    public AttachMethod Method { get; init; }

    /// <summary>For a link: run before this one; null: after all that are there.</summary>
    public TcLink? Before { get; init; }

    /// <summary>For a filter: its priority; lower ones run first, 0 lets the kernel choose.</summary>
    public ushort Priority { get; init; }
}
