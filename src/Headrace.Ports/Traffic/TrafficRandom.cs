using System.Buffers.Binary;

namespace Headrace.Ports;

/// <summary>SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014): the same numbers on every machine and every .NET.</summary>
internal struct TrafficRandom(ulong seed)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next() => Mix(_state += Gamma);

    /// <summary>A number below <paramref name="bound"/>; its bias, below bound/2^32, does not matter for traffic.</summary>
    public uint Below(uint bound) => (uint)((Next() >> 32) * bound >> 32);

    /// <summary>Fills bytes, eight at a time.</summary>
    public void Fill(Span<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, Next());
        ulong rest = Next();
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(rest >> (8 * i));
    }

    /// <summary>Scatters a number over 64 bits; a fixed function.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
