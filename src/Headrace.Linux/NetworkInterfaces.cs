using System.Globalization;
using System.Runtime.InteropServices;
using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>Network interfaces of the calling thread's network namespace, by name and by number.</summary>
public static unsafe class NetworkInterfaces
{
    private const int NameRoom = 16; // IF_NAMESIZE, include/uapi/linux/if.h

    /// <summary>The number of an interface; 0 when there is none of that name.</summary>
    public static uint TryIndexOf(string name) => Libc.IndexOfInterface(name);

    /// <summary>The number of an interface.</summary>
    /// <exception cref="HeadraceException">There is none of that name.</exception>
    public static uint IndexOf(string name) => TryIndexOf(name) is var index and not 0
        ? index
        : throw new HeadraceException($"there is no network interface '{name}' in this network namespace");

    /// <summary>The name of an interface; null when there is none of that number.</summary>
    public static string? NameOf(uint index)
    {
        byte* name = stackalloc byte[NameRoom];
        return Libc.NameOfInterface(index, name) is null ? null : Marshal.PtrToStringUTF8((nint)name);
    }

    /// <summary>The name of an interface, or words for one that is not here: <c>interface 7</c>.</summary>
    public static string Describe(uint index) => NameOf(index) ?? string.Create(CultureInfo.InvariantCulture, $"interface {index}");
}
