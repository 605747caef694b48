using Headrace.Bytecode;

namespace Headrace.Linux;

/// <summary>What a link is attached to; one case for each kind.</summary>
public abstract record LinkTarget
{
    private LinkTarget()
    {
    }

    /// <summary>An XDP program's device.</summary>
    /// <param name="InterfaceIndex">The device in the link's network namespace; 0 when the device is gone or the link was detached.</param>
    public sealed record Xdp(uint InterfaceIndex) : LinkTarget;

    /// <summary>A tc program's device (tcx).</summary>
    /// <param name="InterfaceIndex">The device; 0 when it is gone or the link was detached.</param>
    /// <param name="AttachType">Ingress or egress.</param>
    public sealed record Tcx(uint InterfaceIndex, AttachType AttachType) : LinkTarget;

    /// <summary>A netkit device.</summary>
    /// <param name="InterfaceIndex">The device; 0 when it is gone or the link was detached.</param>
    /// <param name="AttachType">Primary or peer.</param>
    public sealed record Netkit(uint InterfaceIndex, AttachType AttachType) : LinkTarget;

    /// <summary>A network namespace.</summary>
    /// <param name="Inode">Its inode; 0 when it is gone.</param>
    /// <param name="AttachType">Where in it.</param>
    public sealed record Netns(uint Inode, AttachType AttachType) : LinkTarget;

    /// <summary>A control group.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="AttachType">Where in it.</param>
    public sealed record Cgroup(ulong Id, AttachType AttachType) : LinkTarget;

    /// <summary>Typed kernel code, or another program.</summary>
    /// <param name="AttachType">Where.</param>
    /// <param name="TargetObjectId">The program (extensions) or the types that describe it.</param>
    /// <param name="TargetTypeId">Its type.</param>
    /// <param name="Cookie">The attacher's number for it.</param>
    public sealed record Tracing(AttachType AttachType, uint TargetObjectId, uint TargetTypeId, ulong Cookie) : LinkTarget;

    /// <summary>A raw tracepoint.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Cookie">The attacher's number for it.</param>
    public sealed record RawTracepoint(string Name, ulong Cookie) : LinkTarget;

    /// <summary>An iterator.</summary>
    /// <param name="Name">What it walks.</param>
    /// <param name="MapId">The map it walks, when it walks one.</param>
    public sealed record Iterator(string Name, uint MapId) : LinkTarget;

    /// <summary>A netfilter hook.</summary>
    /// <param name="Family">Protocol family.</param>
    /// <param name="Hook">Hook number.</param>
    /// <param name="Priority">Order among the hook's programs.</param>
    /// <param name="Flags">Flags it was attached with.</param>
    public sealed record Netfilter(uint Family, uint Hook, int Priority, uint Flags) : LinkTarget;

    /// <summary>A set of kernel callbacks.</summary>
    /// <param name="MapId">The map that holds them.</param>
    public sealed record StructOps(uint MapId) : LinkTarget;

    /// <summary>A map of sockets.</summary>
    /// <param name="MapId">The map.</param>
    /// <param name="AttachType">Where in its sockets.</param>
    public sealed record Sockmap(uint MapId, AttachType AttachType) : LinkTarget;

    /// <summary>A perf event: a probe or a counter.</summary>
    /// <param name="Kind">Which (<c>enum bpf_perf_event_type</c>).</param>
    /// <param name="Name">Tracepoint, function or file; empty for a counter.</param>
    /// <param name="Offset">Bytes into the function or file.</param>
    /// <param name="Cookie">The attacher's number for it.</param>
    public sealed record PerfEvent(uint Kind, string Name, uint Offset, ulong Cookie) : LinkTarget;

    /// <summary>Many probes at once.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="Flags">1 for probes on returns.</param>
    public sealed record Probes(uint Count, uint Flags) : LinkTarget;
}
