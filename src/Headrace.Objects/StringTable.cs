using System.Text;

namespace Headrace.Objects;

/// <summary>NUL-terminated strings by offset: an ELF string table or the string part of BTF.</summary>
/// <remarks>
/// Strings may share their ends, so a small hostile table can spell out quadratically many characters. What is handed out is
/// therefore counted and stops at a small multiple of the table.
/// </remarks>
internal sealed class StringTable
{
    private const int SharedEnds = 16;
    private const int Slack = 64 * 1024;

    private readonly Region _region;
    private readonly Dictionary<uint, string> _cache = [];
    private long _budget;

    public StringTable(Region region)
    {
        if (region.Length > 0 && region.Span[^1] != 0)
            throw region.Error("the last string has no terminating zero: the file is damaged");
        _region = region;
        _budget = ((long)region.Length * SharedEnds) + Slack;
    }

    /// <summary>Size in bytes.</summary>
    public int Length => _region.Length;

    /// <summary>The string at an offset; offset 0 of an empty table is the empty string.</summary>
    public string this[uint offset]
    {
        get
        {
            if (offset == 0 && Length == 0)
                return "";
            lock (_cache)
            {
                if (_cache.TryGetValue(offset, out string? known))
                    return known;
                ReadOnlySpan<byte> bytes = Utf8(offset, int.MaxValue);
                _budget -= bytes.Length + 1;
                if (_budget < 0)
                    throw _region.Error($"the strings taken from it are more than {SharedEnds} times its size: the file is damaged or hostile");
                string text = bytes.Length == 0 ? "" : Encoding.UTF8.GetString(bytes);
                _cache.Add(offset, text);
                return text;
            }
        }
    }

    /// <summary>The bytes of the string at an offset, cut after <paramref name="limit"/> bytes.</summary>
    public ReadOnlySpan<byte> Utf8(uint offset, int limit)
    {
        if (offset == 0 && Length == 0)
            return [];
        if (offset >= (uint)Length)
            throw _region.Error(offset, $"a name is said to be here, but there are only {Length} bytes of names");
        ReadOnlySpan<byte> rest = _region.Span[(int)offset..];
        if (rest.Length > limit)
            rest = rest[..limit];
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }
}
