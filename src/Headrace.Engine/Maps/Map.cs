using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine;

/// <summary>A loaded map in native memory with the kernel's semantics, shared by programs, workers and user code.</summary>
/// <remarks>
/// Three faces: the raw one (internal, pointers and negative errno numbers, what helpers call and the JIT inlines), the one of
/// bpf(2) (internal, checks access and flags as the system call does) and the public one of spans and <see cref="MapException"/>
/// on top of it. Values have stable addresses as long as the map lives: memory of a deleted or replaced element may hold another
/// element later, as in the kernel, but is never returned to the system before <see cref="Dispose()"/>. Look-ups are safe beside
/// updates from other threads and never wait for them in the common case.
/// </remarks>
public abstract unsafe partial class Map : IDisposable
{
    private readonly ValueLayout _layout;

    /// <summary>Describes a map made from <paramref name="spec"/>, which <see cref="MapRules"/> has accepted.</summary>
    private protected Map(MapSpec spec, int cpus)
    {
        Spec = spec;
        KeySize = checked((int)spec.KeySize);
        ValueSize = checked((int)spec.ValueSize);
        MaxEntries = EntriesOf(spec, cpus);
        Flags = spec.Flags;
        Cpus = cpus;
        _layout = new ValueLayout(spec);
    }

    /// <summary>What the map was made from.</summary>
    public MapSpec Spec { get; }

    /// <summary>Name from the spec.</summary>
    public string Name => Spec.Name;

    /// <summary>Structure and semantics.</summary>
    public MapType Type => Spec.Type;

    /// <summary>Key size in bytes.</summary>
    public int KeySize { get; }

    /// <summary>Value size in bytes as a program sees it (one CPU's).</summary>
    public int ValueSize { get; }

    /// <summary>Number of elements it can hold; bytes for ring buffers. A perf event array made with 0 has one a CPU, as libbpf makes it.</summary>
    public uint MaxEntries { get; }

    /// <summary>Creation flags.</summary>
    public MapFlags Flags { get; }

    /// <summary>Number of CPUs a per-CPU map has values for.</summary>
    public int Cpus { get; }

    /// <summary>A small number that names the map in this process while it lives: what maps of maps show as their values.</summary>
    public uint Id => (uint)Handle;

    /// <summary>The opaque number that stands for this map in a program's registers. Never a valid address.</summary>
    public ulong Handle { get; private set; }

    /// <summary>True when <see cref="Freeze"/> has made the map read-only for user code.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>True when programs may read values (no <c>BPF_F_WRONLY_PROG</c>).</summary>
    internal bool ProgramMayRead => (Flags & MapFlags.WriteOnlyProgram) == 0;

    /// <summary>True when programs may write values (no <c>BPF_F_RDONLY_PROG</c>).</summary>
    internal virtual bool ProgramMayWrite => (Flags & MapFlags.ReadOnlyProgram) == 0;

    /// <summary>How values are copied, and where their special fields are.</summary>
    internal ref readonly ValueLayout Layout => ref _layout;

    /// <summary>Elements a map made from a spec can hold.</summary>
    private protected static uint EntriesOf(MapSpec spec, int cpus) =>
        spec.Type == MapType.PerfEventArray && spec.MaxEntries == 0 ? (uint)cpus : spec.MaxEntries;

    // The raw face. Keys and values are native pointers of KeySize and ValueSize bytes; results are 0 or -errno.

    /// <summary>Address of the value for a program on <paramref name="cpu"/>, or null. For maps of maps: the inner map's handle.</summary>
    internal abstract byte* Lookup(byte* key, int cpu);

    /// <summary>As <see cref="Lookup(byte*, int)"/>, but leaves no trace: a map that evicts does not take it for a use.</summary>
    internal virtual byte* Find(byte* key, int cpu) => Lookup(key, cpu);

    /// <summary><see cref="Lookup(byte*, int)"/> for compiled code; null where that calls it.</summary>
    internal virtual DirectLookup? DirectLookup => null;

    /// <summary>True when <see cref="Stage"/> may have something to fetch.</summary>
    internal virtual bool CanStage => false;

    /// <summary>Bytes that look-ups may read, as much as there is in the map now: what decides whether they are worth a stage.</summary>
    internal virtual ulong UsedBytes => 0;

    /// <summary>Asks for the first line that a look-up will read, and notes how to go on; false where there is nothing to fetch and nothing is noted.</summary>
    internal virtual bool Stage(byte* key, StagedLookup* lookup, int cpu) => false;

    /// <summary>Adds or replaces an element as <c>bpf_map_update_elem</c> called by a program on <paramref name="cpu"/>.</summary>
    internal abstract int Update(byte* key, byte* value, ulong flags, int cpu);

    /// <summary>Removes an element.</summary>
    internal abstract int Delete(byte* key);

    /// <summary>Writes the key after <paramref name="key"/> (null: the first) to <paramref name="next"/>; -ENOENT at the end.</summary>
    internal abstract int NextKey(byte* key, byte* next);

    /// <summary>Adds a value to a queue, stack or bloom filter.</summary>
    internal virtual int Push(byte* value, ulong flags) => -Errno.EOPNOTSUPP;

    /// <summary>Takes a value from a queue or stack.</summary>
    internal virtual int Pop(byte* value) => -Errno.EOPNOTSUPP;

    /// <summary>Reads the next value of a queue or stack, or asks a bloom filter about one.</summary>
    internal virtual int Peek(byte* value) => -Errno.EOPNOTSUPP;

    /// <summary>True when the program may touch <paramref name="size"/> bytes at <paramref name="address"/>: they lie inside one value of this map.</summary>
    internal abstract bool Contains(ulong address, ulong size);

    /// <summary>Releases the native memory. Programs that use the map must have stopped.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the native memory; overriders call the base.</summary>
    protected virtual void Dispose(bool disposing) => MapHandles.Remove(Handle);
}
