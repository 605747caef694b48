using Headrace.Objects;

namespace Headrace.Linux;

/// <summary>How a collection is loaded into the kernel.</summary>
public sealed record KernelLoadOptions
{
    /// <summary>The programs to load, by name; null loads all but those the object marks as optional. Programs that tail calls reach come along.</summary>
    public IReadOnlyCollection<string>? Programs { get; init; }

    /// <summary>0: a log only where a load fails; 1: the verifier's log; 2: with the state before every instruction.</summary>
    public int LogLevel { get; init; }

    /// <summary>
    /// Folder in a bpf file system for the maps the object wants pinned by their names (<see cref="MapSpec.PinByName"/>): one that is there
    /// is used as it is when it fits, others are pinned once everything is loaded. Null pins and reuses none.
    /// </summary>
    public string? PinPath { get; init; }

    /// <summary>Maps to use instead of making them, by name: they must fit, keep what they hold, and stay the caller's to dispose of.</summary>
    public IReadOnlyDictionary<string, KernelMap>? Maps { get; init; }

    /// <summary>The types that programs with CO-RE relocations are fitted to; null for the running kernel's.</summary>
    public Btf? TargetTypes { get; init; }

    /// <summary>
    /// Name of a device to load for (<c>prog_ifindex</c>): XDP programs with <c>BPF_F_XDP_DEV_BOUND_ONLY</c> among their flags are bound to
    /// it and run by the kernel, and may ask it for metadata; without that flag programs and maps go to the device itself. Null for none.
    /// </summary>
    public string? Device { get; init; }
}
