using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>What maps hold from the start.</summary>
internal static class MapContents
{
    /// <summary>The value at key 0 of an array: a data section's bytes, an entry's value, or zeros.</summary>
    public static byte[] FirstValue(MapSpec map)
    {
        byte[] value = new byte[map.ValueSize];
        byte[]? given = map.Data ?? map.Entries.Find(entry => entry.Key.AsSpan().IndexOfAnyExcept((byte)0) < 0)?.Value;
        given?.AsSpan(0, Math.Min(given.Length, value.Length)).CopyTo(value);
        return value;
    }
}
