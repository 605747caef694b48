namespace Headrace.Ports;

/// <summary>Where a packet goes that the program passes.</summary>
public enum PassMode
{
    /// <summary>To the kernel's stack, as <c>XDP_PASS</c> in the kernel.</summary>
    Stack,

    /// <summary>Out by the port beside the one it came in by (0 and 1, 2 and 3, ...): a filter between two wires.</summary>
    Peer,

    /// <summary>Nowhere.</summary>
    Drop,
}
