namespace Headrace.Objects;

/// <summary>What an object may want to know when it is read.</summary>
public sealed class ObjectOptions
{
    /// <summary>The kernel version that <c>LINUX_KERNEL_VERSION</c> shows to programs; 6.18.0 unless said otherwise.</summary>
    public Version KernelVersion { get; init; } = new(6, 18, 0);

    /// <summary>
    /// Values of <c>CONFIG_*</c> externs as in a kernel configuration file: <c>y</c>, <c>m</c>, <c>n</c>, a number, or text in double quotes.
    /// An extern without a value reads as 0; unless it is weak, <see cref="CollectionSpec.Notes"/> says so.
    /// </summary>
    public IReadOnlyDictionary<string, string> KernelConfig { get; init; } = new Dictionary<string, string>();
}
