using System.Buffers.Binary;

namespace Headrace.Engine.Tests;

/// <summary>Prefixes as tables, one a length: what longest-prefix match is by its definition.</summary>
internal sealed class PrefixTables(int size)
{
    private readonly Dictionary<UInt128, uint>[] _short = [.. Enumerable.Range(0, size * 8 + 1).Select(_ => new Dictionary<UInt128, uint>())];
    private readonly Dictionary<string, uint> _long = [];
    private readonly List<byte[]> _keys = [];
    private readonly Dictionary<string, int> _places = [];

    public int Count => _keys.Count;

    /// <summary>Some prefix's key, null when there is none.</summary>
    public byte[]? Any(Random random) => _keys.Count == 0 ? null : _keys[random.Next(_keys.Count)];

    public bool Holds(byte[] key) => _places.ContainsKey(Name(key));

    public void Set(byte[] key, uint value)
    {
        string name = Name(key);
        if (_places.TryAdd(name, _keys.Count))
            _keys.Add(key);
        if (size <= 16)
            _short[Length(key)][Bits(key.AsSpan(4), Length(key))] = value;
        else
            _long[name] = value;
    }

    public bool Remove(byte[] key)
    {
        string name = Name(key);
        if (!_places.Remove(name, out int place))
            return false;
        byte[] last = _keys[^1];
        _keys.RemoveAt(_keys.Count - 1);
        if (place < _keys.Count)
        {
            _keys[place] = last;
            _places[Name(last)] = place;
        }
        if (size <= 16)
            _short[Length(key)].Remove(Bits(key.AsSpan(4), Length(key)));
        else
            _long.Remove(name);
        return true;
    }

    public uint? Find(byte[] address)
    {
        for (int length = size * 8; length >= 0; length--)
        {
            if (size <= 16)
            {
                if (_short[length].Count != 0 && _short[length].TryGetValue(Bits(address, length), out uint value))
                    return value;
            }
            else if (_long.TryGetValue(Name([.. BitConverter.GetBytes(length), .. address]), out uint value))
            {
                return value;
            }
        }
        return null;
    }

    private static int Length(byte[] key) => BinaryPrimitives.ReadInt32LittleEndian(key);

    private UInt128 Bits(ReadOnlySpan<byte> address, int length)
    {
        UInt128 bits = 0;
        foreach (byte part in address)
            bits = bits << 8 | part;
        return length == 0 ? 0 : bits >> (size * 8 - length);
    }

    private static string Name(byte[] key)
    {
        int length = Length(key);
        byte[] masked = [.. key];
        for (int bit = length; bit < (key.Length - 4) * 8; bit++)
            masked[4 + bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return Convert.ToHexString(masked);
    }
}
