using System.Runtime.InteropServices;
using System.Text;

namespace Headrace.Linux.Sys;

/// <summary>Attributes of a netlink message: length, type, value, one behind the other at multiples of 4.</summary>
internal readonly ref struct NetlinkAttributes(ReadOnlySpan<byte> bytes)
{
    private const int HeaderSize = 4;
    private const ushort TypeMask = 0x3fff; // NLA_TYPE_MASK

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Finds the first attribute of a type.</summary>
    public bool TryFind(ushort type, out ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> rest = _bytes;
        while (rest.Length >= HeaderSize)
        {
            int length = MemoryMarshal.Read<ushort>(rest);
            if (length < HeaderSize || length > rest.Length)
                break;
            if ((MemoryMarshal.Read<ushort>(rest[2..]) & TypeMask) == type)
            {
                value = rest[HeaderSize..length];
                return true;
            }
            rest = rest[Math.Min(length + 3 & ~3, rest.Length)..];
        }
        value = default;
        return false;
    }

    /// <summary>The attributes inside one; none when it is missing.</summary>
    public NetlinkAttributes Inside(ushort type) => new(TryFind(type, out ReadOnlySpan<byte> value) ? value : default);

    /// <summary>An attribute as a number; null when it is missing or shorter.</summary>
    public unsafe T? Number<T>(ushort type) where T : unmanaged =>
        TryFind(type, out ReadOnlySpan<byte> value) && value.Length >= sizeof(T) ? MemoryMarshal.Read<T>(value) : null;

    /// <summary>An attribute as text; empty when it is missing.</summary>
    public string Text(ushort type) => TryFind(type, out ReadOnlySpan<byte> value) ? Encoding.UTF8.GetString(value.TrimEnd((byte)0)) : "";
}
