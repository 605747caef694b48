namespace Headrace.Linux;

/// <summary>How a program is attached to a device.</summary>
public enum AttachMethod
{
    /// <summary>By a link where the kernel has them, else by netlink.</summary>
    Auto,

    /// <summary>By a link (bpf_link): goes with its owner, can be pinned, is safe from others.</summary>
    Link,

    /// <summary>By netlink, as <c>ip link</c> and <c>tc</c> do it: stays until somebody takes it away.</summary>
    Netlink,
}
