namespace Headrace.Bytecode;

/// <summary>The verdict of an XDP program (<c>enum xdp_action</c>).</summary>
public enum XdpAction : uint
{
    /// <summary>Error in the program: drop and raise a tracepoint.</summary>
    Aborted = 0,
    /// <summary>Drop the packet.</summary>
    Drop = 1,
    /// <summary>Hand the packet to the network stack.</summary>
    Pass = 2,
    /// <summary>Send the packet out of the port it came in by.</summary>
    Tx = 3,
    /// <summary>Send the packet where the redirect helper said.</summary>
    Redirect = 4,
}
