namespace Headrace.Linux;

/// <summary>What a path in a bpf file system stands for.</summary>
public enum PinKind
{
    /// <summary>None of these.</summary>
    Unknown,

    /// <summary>A <see cref="KernelProgram"/>.</summary>
    Program,

    /// <summary>A <see cref="KernelMap"/>.</summary>
    Map,

    /// <summary>A <see cref="KernelLink"/>.</summary>
    Link,
}
