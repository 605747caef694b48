using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Headrace.Objects;

namespace Headrace.Bindings;

/// <summary>What generated types and specs call: bytes of structs, bit fields, and whether an object has what was compiled against.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class BoundLayout
{
    /// <summary>True when two structs have the same bytes, padding among them, as maps compare keys.</summary>
    public static bool AreEqual<T>(in T a, in T b) where T : unmanaged => Bytes(in a).SequenceEqual(Bytes(in b));

    /// <summary>Hash of a struct's bytes.</summary>
    public static int HashOf<T>(in T value) where T : unmanaged
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes(in value));
        return hash.ToHashCode();
    }

    /// <summary>A bit field of 1 to 64 bits, as a number without a sign.</summary>
    public static ulong GetBits<T>(in T value, int offset, int size) where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = Bytes(in value);
        ulong bits = 0;
        for (int done = 0; done < size;)
        {
            int shift = (offset + done) & 7, count = Math.Min(8 - shift, size - done);
            bits |= ((ulong)(bytes[(offset + done) >> 3] >> shift) & ((1UL << count) - 1)) << done;
            done += count;
        }
        return bits;
    }

    /// <summary>A bit field of 1 to 64 bits, as a number with a sign.</summary>
    public static long GetSignedBits<T>(in T value, int offset, int size) where T : unmanaged =>
        (long)(GetBits(in value, offset, size) << (64 - size)) >> (64 - size);

    /// <summary>Sets a bit field of 1 to 64 bits; higher bits of the number are left out, as C does.</summary>
    public static void SetBits<T>(ref T value, int offset, int size, ulong bits) where T : unmanaged
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<T>(ref value));
        for (int done = 0; done < size;)
        {
            int shift = (offset + done) & 7, count = Math.Min(8 - shift, size - done);
            int mask = ((1 << count) - 1) << shift;
            ref byte place = ref bytes[(offset + done) >> 3];
            place = (byte)((place & ~mask) | (((int)(bits >> done) << shift) & mask));
            done += count;
        }
    }

    /// <summary>The UTF-8 text up to the first zero.</summary>
    public static string TextOf<T>(in T value) where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = Bytes(in value);
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>Writes UTF-8 text with a zero behind it.</summary>
    /// <exception cref="ArgumentException">It is too long.</exception>
    public static void SetText<T>(ref T value, string text) where T : unmanaged
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<T>(ref value));
        bytes.Clear();
        if (Encoding.UTF8.GetByteCount(text) >= bytes.Length)
            throw new ArgumentException($"'{text}' needs {Encoding.UTF8.GetByteCount(text)} bytes and a zero, there is room for {bytes.Length}", nameof(text));
        Encoding.UTF8.GetBytes(text, bytes);
    }

    /// <summary>Refuses an object without a map of these sizes.</summary>
    /// <exception cref="ObjectException">There is none.</exception>
    public static void RequireMap(CollectionSpec spec, string name, long keySize, long valueSize)
    {
        if (!spec.Maps.TryGetValue(name, out MapSpec? map))
            throw Differs(spec, $"map '{name}'", "it is not in the object");
        if (map.KeySize != keySize || map.ValueSize != valueSize)
            throw Differs(spec, $"map '{name}'", $"it has keys of {map.KeySize} and values of {map.ValueSize} bytes, not of {keySize} and {valueSize}");
    }

    /// <summary>Refuses an object without a global variable of this size.</summary>
    /// <exception cref="ObjectException">There is none.</exception>
    public static void RequireVariable(CollectionSpec spec, string name, long size)
    {
        if (!spec.Variables.TryGetValue(name, out VariableSpec? variable))
            throw Differs(spec, $"variable '{name}'", "it is not in the object");
        if (variable.Size != size)
            throw Differs(spec, $"variable '{name}'", $"it has {variable.Size} bytes, not {size}");
    }

    /// <summary>Refuses an object without a program.</summary>
    /// <exception cref="ObjectException">There is none of this name.</exception>
    public static void RequireProgram(CollectionSpec spec, string name)
    {
        if (!spec.Programs.Contains(name))
            throw Differs(spec, $"program '{name}'", "it is not in the object");
    }

    private static ReadOnlySpan<byte> Bytes<T>(in T value) where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));

    private static ObjectException Differs(CollectionSpec spec, string place, string reason) =>
        new(spec.Source, place, reason + ": this is another object than the one the bindings were compiled against");
}
