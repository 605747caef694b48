namespace Headrace.Ports;

/// <summary>A peer broke the rules of its protocol: its connection is closed with this reason, the port stays.</summary>
internal sealed class ControlException(string reason) : Exception(reason);
