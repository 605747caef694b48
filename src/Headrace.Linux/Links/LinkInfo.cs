namespace Headrace.Linux;

/// <summary>What the kernel tells of a link (<c>struct bpf_link_info</c>), at the moment it was asked.</summary>
/// <param name="Id">Its number, unique as long as it lives.</param>
/// <param name="Type">Its kind.</param>
/// <param name="ProgramId">The program it runs.</param>
/// <param name="Target">What it is attached to; null for kinds that are not known here or say nothing.</param>
public sealed record LinkInfo(uint Id, LinkType Type, uint ProgramId, LinkTarget? Target);
