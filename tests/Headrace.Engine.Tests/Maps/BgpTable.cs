using System.IO.Compression;
using System.Net;

namespace Headrace.Engine.Tests;

/// <summary>A BGP table as text, a prefix a line.</summary>
internal static class BgpTable
{
    /// <summary>The prefixes of one address size as keys of an LPM trie.</summary>
    public static List<byte[]> Read(string path, int addressSize)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var keys = new List<byte[]>();
        while (reader.ReadLine() is { } line)
        {
            IPNetwork prefix = IPNetwork.Parse(line);
            byte[] address = prefix.BaseAddress.GetAddressBytes();
            if (address.Length == addressSize)
                keys.Add([.. BitConverter.GetBytes(prefix.PrefixLength), .. address]);
        }
        return keys;
    }
}
