using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux;

namespace Headrace.Bindings;

/// <summary>A map of a loaded collection, in user space or in the kernel. Kinds of maps without plain elements are used through <see cref="UserSpace"/> and <see cref="Linux"/>.</summary>
public class BoundMap
{
    /// <summary>Binds a map by name.</summary>
    public BoundMap(BoundCollection bound, string name)
    {
        Name = name;
        UserSpace = bound.UserSpace?.Maps[name];
        Linux = bound.Linux?.Maps[name];
    }

    /// <summary>Its name in C.</summary>
    public string Name { get; }

    /// <summary>The map in user space; null when it is in the kernel.</summary>
    public Map? UserSpace { get; }

    /// <summary>The map in the kernel; null when it is in user space.</summary>
    public KernelMap? Linux { get; }

    /// <summary>Structure and semantics.</summary>
    public MapType Type => UserSpace?.Type ?? Linux!.Type;

    /// <summary>Number of elements it can hold.</summary>
    public uint MaxEntries => UserSpace?.MaxEntries ?? Linux!.Spec.MaxEntries;

    /// <summary>Bytes that one look-up gives and one update takes.</summary>
    private protected int ValueBufferSize => UserSpace?.UserValueSize ?? Linux!.ValueBufferSize;

    private protected bool TryLookup(ReadOnlySpan<byte> key, Span<byte> value) =>
        UserSpace is { } map ? map.TryLookup(key, value) : Linux!.Lookup(key, value);

    private protected void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, MapUpdateFlags flags)
    {
        if (UserSpace is { } map)
            map.Update(key, value, flags);
        else
            Linux!.Update(key, value, (ulong)flags);
    }

    private protected bool Delete(ReadOnlySpan<byte> key) => UserSpace is { } map ? map.Delete(key) : Linux!.Delete(key);

    private protected IEnumerable<KeyValuePair<byte[], byte[]>> RawEntries() => UserSpace is { } map ? map.Entries() : Linux!.Elements();

    /// <summary>Refuses C# types of other sizes than the map's.</summary>
    private protected void Require(int keySize, int valueSize)
    {
        int key = UserSpace?.KeySize ?? Linux!.KeySize, value = UserSpace?.ValueSize ?? Linux!.ValueSize;
        if (key != keySize || value != valueSize)
            throw new HeadraceException($"map '{Name}': it has keys of {key} and values of {value} bytes, the types it is bound with have {keySize} and {valueSize}");
    }
}
