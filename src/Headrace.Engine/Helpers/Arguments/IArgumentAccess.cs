namespace Headrace.Engine;

/// <summary>How helpers get at what their arguments point to: with the machine's checks or on a verifier's word.</summary>
/// <remarks>Implemented by structs, so that each helper is compiled once a policy and pays for no call through an interface.</remarks>
internal unsafe interface IArgumentAccess
{
    /// <summary>Bytes the helper reads.</summary>
    static abstract byte* Read(Machine machine, ulong address, ulong size);

    /// <summary>Bytes the helper writes.</summary>
    static abstract byte* Write(Machine machine, ulong address, ulong size);

    /// <summary>A string in read-only memory, zero byte included, of at most <paramref name="limit"/> bytes.</summary>
    static abstract byte* ReadString(Machine machine, ulong address, ulong limit);

    /// <summary>The map behind a handle, one of <paramref name="types"/> (see <see cref="MapTypes"/>).</summary>
    static abstract Map Map(Machine machine, ulong handle, ulong types);

    /// <summary>Hands a map's value, or null, to the program.</summary>
    static abstract ulong Found(Machine machine, Map map, byte* value);

    /// <summary>The packet behind a context pointer.</summary>
    static abstract Frame* Context(Machine machine, ulong address);

    /// <summary>A dynptr the program keeps on its stack, the memory behind it checked as well.</summary>
    static abstract Dynptr* Dynptr(Machine machine, ulong address);
}
