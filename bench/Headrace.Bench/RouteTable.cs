using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;

namespace Headrace.Bench;

/// <summary>A full routing table of IPv4 or IPv6: a real one where there is one beside the repository, else one drawn with its lengths.</summary>
internal sealed class RouteTable
{
    private const string FileName = "bgp-prefixes.txt.gz";

    // Shares in a thousand of the lengths in the IPv6 table of 2025, those above a percent.
    private static readonly (int Length, int Share)[] s_lengths6 =
    [
        (48, 475), (32, 142), (44, 91), (40, 84), (36, 38), (29, 28), (47, 20), (46, 19), (33, 18), (34, 16), (42, 14), (38, 10), (45, 10), (39, 9),
        (35, 7), (43, 6), (41, 6), (30, 4), (31, 3),
    ];

    private RouteTable(int addressBytes, string origin, List<(UInt128 Address, int Length)> prefixes)
    {
        AddressBytes = addressBytes;
        Origin = origin;
        Prefixes = prefixes;
    }

    /// <summary>Bytes of an address: 4 or 16.</summary>
    public int AddressBytes { get; }

    /// <summary>Where it comes from, for people.</summary>
    public string Origin { get; }

    /// <summary>The prefixes, each once; an address is a number below 2^(8 * <see cref="AddressBytes"/>).</summary>
    public IReadOnlyList<(UInt128 Address, int Length)> Prefixes { get; }

    /// <summary>Bytes of a prefix as the key of an LPM trie.</summary>
    public int KeyBytes => sizeof(int) + AddressBytes;

    /// <summary>Reads the table in the folder of <c>HEADRACE_DATA</c> or in <c>../shared/data</c> beside the repository; draws one when there is none.</summary>
    /// <param name="addressBytes">4 for IPv4, 16 for IPv6.</param>
    /// <param name="drawn">So many are drawn in any case; null for a full table.</param>
    public static RouteTable Load(int addressBytes, int? drawn = null)
    {
        if (drawn is { } count)
            return new RouteTable(addressBytes, "drawn", addressBytes == 4 ? Draw4(count) : Draw6(count));
        string? path = Find();
        return path is null
            ? new RouteTable(addressBytes, "drawn, no real table found", addressBytes == 4 ? Draw4(900_000) : Draw6(160_000))
            : new RouteTable(addressBytes, Path.GetFileName(path), Read(path, addressBytes));
    }

    /// <summary>Addresses inside the prefixes, in network order one after the other: each of some prefix drawn at random.</summary>
    public byte[] DrawAddresses(int count)
    {
        var random = new Random(5);
        byte[] addresses = new byte[count * AddressBytes];
        for (int i = 0; i < count; i++)
        {
            (UInt128 address, int length) = Prefixes[random.Next(Prefixes.Count)];
            UInt128 host = (UInt128.One << (AddressBytes * 8 - length)) - 1;
            Write(address | (new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64(1L << 32) << 32 | (ulong)random.NextInt64(1L << 32)) & host),
                addresses.AsSpan(i * AddressBytes, AddressBytes));
        }
        return addresses;
    }

    /// <summary>Writes a prefix as the key of an LPM trie.</summary>
    public void WriteKey((UInt128 Address, int Length) prefix, Span<byte> key)
    {
        BinaryPrimitives.WriteInt32LittleEndian(key, prefix.Length);
        Write(prefix.Address, key.Slice(sizeof(int), AddressBytes));
    }

    /// <summary>All prefixes as keys, one after the other.</summary>
    public byte[] ToKeys()
    {
        byte[] keys = new byte[Prefixes.Count * KeyBytes];
        for (int i = 0; i < Prefixes.Count; i++)
            WriteKey(Prefixes[i], keys.AsSpan(i * KeyBytes, KeyBytes));
        return keys;
    }

    private static void Write(UInt128 address, Span<byte> bytes)
    {
        if (bytes.Length == sizeof(uint))
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)address);
        else
            BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("HEADRACE_DATA") is { } folder)
            return File.Exists(Path.Combine(folder, FileName)) ? Path.Combine(folder, FileName) : null;
        for (string? directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (!File.Exists(Path.Combine(directory, "Headrace.slnx")))
                continue;
            string path = Path.Combine(directory, "..", "shared", "data", FileName);
            return File.Exists(path) ? path : null;
        }
        return null;
    }

    private static List<(UInt128, int)> Read(string path, int addressBytes)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var prefixes = new List<(UInt128, int)>();
        while (reader.ReadLine() is { } line)
        {
            if (!IPNetwork.TryParse(line, out IPNetwork prefix))
                continue;
            byte[] address = prefix.BaseAddress.GetAddressBytes();
            if (address.Length == addressBytes)
                prefixes.Add((addressBytes == 4 ? BinaryPrimitives.ReadUInt32BigEndian(address) : BinaryPrimitives.ReadUInt128BigEndian(address), prefix.PrefixLength));
        }
        return prefixes;
    }

    // Some six in ten prefixes of the Internet's table have 24 bits, most others 16 to 23.
    private static List<(UInt128, int)> Draw4(int count)
    {
        var random = new Random(3);
        return Draw(count, 32, () => random.Next(10) < 6 ? 24 : random.Next(100) < 97 ? random.Next(16, 24) : random.Next(8, 16),
            () => (uint)random.NextInt64(1L << 24, 224L << 24));
    }

    // Operators have a /32 or /29 each and announce parts of it: prefixes lie in a few ten thousand places.
    private static List<(UInt128, int)> Draw6(int count)
    {
        var random = new Random(4);
        uint[] operators = [.. Enumerable.Range(0, 40_000).Select(_ => (uint)random.NextInt64(0x2001_0000, 0x2c10_0000))];
        int all = s_lengths6.Sum(entry => entry.Share);
        return Draw(count, 128, Length, () => new UInt128((ulong)operators[random.Next(operators.Length)] << 32 | (uint)random.NextInt64(1L << 32), 0));

        int Length()
        {
            int at = random.Next(all), i = 0;
            while ((at -= s_lengths6[i].Share) >= 0)
                i++;
            return s_lengths6[i].Length;
        }
    }

    private static List<(UInt128, int)> Draw(int count, int bits, Func<int> length, Func<UInt128> address)
    {
        var prefixes = new HashSet<(UInt128, int)>();
        while (prefixes.Count < count)
        {
            int length1 = length();
            prefixes.Add((address() >> (bits - length1) << (bits - length1), length1));
        }
        return [.. prefixes];
    }
}
