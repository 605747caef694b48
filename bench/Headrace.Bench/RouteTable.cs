using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;

namespace Headrace.Bench;

/// <summary>A full IPv4 routing table: a real one where there is one beside the repository, else one drawn with its lengths.</summary>
internal sealed class RouteTable
{
    private const string FileName = "bgp-prefixes.txt.gz";
    private const int DrawnPrefixes = 900_000;

    private RouteTable(string origin, List<(uint Address, int Length)> prefixes)
    {
        Origin = origin;
        Prefixes = prefixes;
    }

    /// <summary>Where it comes from, for people.</summary>
    public string Origin { get; }

    /// <summary>The prefixes, each once, addresses in host order.</summary>
    public IReadOnlyList<(uint Address, int Length)> Prefixes { get; }

    /// <summary>Reads the table in the folder of <c>HEADRACE_DATA</c> or in <c>../shared/data</c> beside the repository; draws one when there is none.</summary>
    public static RouteTable Load()
    {
        string? path = Find();
        return path is null ? Draw() : new RouteTable(Path.GetFileName(path), Read(path));
    }

    /// <summary>Addresses inside the prefixes, as programs read them: each of some prefix drawn at random.</summary>
    public uint[] DrawAddresses(int count)
    {
        var random = new Random(5);
        uint[] addresses = new uint[count];
        for (int i = 0; i < count; i++)
        {
            (uint address, int length) = Prefixes[random.Next(Prefixes.Count)];
            uint host = length == 0 ? uint.MaxValue : (uint)((1UL << (32 - length)) - 1);
            addresses[i] = BinaryPrimitives.ReverseEndianness(address | ((uint)random.NextInt64(1L << 32) & host));
        }
        return addresses;
    }

    /// <summary>A prefix as the key of an LPM trie.</summary>
    public static void WriteKey((uint Address, int Length) prefix, Span<byte> key)
    {
        BinaryPrimitives.WriteInt32LittleEndian(key, prefix.Length);
        BinaryPrimitives.WriteUInt32BigEndian(key[4..], prefix.Address);
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

    private static List<(uint, int)> Read(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var prefixes = new List<(uint, int)>();
        while (reader.ReadLine() is { } line)
        {
            if (!line.Contains(':') && IPNetwork.TryParse(line, out IPNetwork prefix))
                prefixes.Add((BinaryPrimitives.ReadUInt32BigEndian(prefix.BaseAddress.GetAddressBytes()), prefix.PrefixLength));
        }
        return prefixes;
    }

    // Some six in ten prefixes of the Internet's table have 24 bits, most others 16 to 23.
    private static RouteTable Draw()
    {
        var random = new Random(3);
        var prefixes = new HashSet<(uint, int)>();
        while (prefixes.Count < DrawnPrefixes)
        {
            int length = random.Next(10) < 6 ? 24 : random.Next(100) < 97 ? random.Next(16, 24) : random.Next(8, 16);
            uint address = (uint)random.NextInt64(1L << 24, 224L << 24);
            prefixes.Add((address >> (32 - length) << (32 - length), length));
        }
        return new RouteTable("drawn, no real table found", [.. prefixes]);
    }
}
