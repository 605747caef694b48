namespace Headrace.Engine;

/// <summary>Takes the copy of a packet that a program sends while it goes on with the original (<c>bpf_clone_redirect</c>).</summary>
/// <param name="packet">The packet's bytes, good for the time of the call.</param>
/// <param name="interfaceIndex">Where the copy goes.</param>
/// <param name="ingress">True to receive it there instead of sending it.</param>
public delegate void CloneSink(ReadOnlySpan<byte> packet, uint interfaceIndex, bool ingress);
