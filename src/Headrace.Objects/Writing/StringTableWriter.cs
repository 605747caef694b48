namespace Headrace.Objects.Writing;

/// <summary>A table of strings, each stored once; the empty one stands at 0.</summary>
internal sealed class StringTableWriter
{
    private readonly ByteWriter _bytes = new ByteWriter().U8(0);
    private readonly Dictionary<string, uint> _places = new(StringComparer.Ordinal) { [""] = 0 };

    public ReadOnlySpan<byte> Written => _bytes.Written;

    /// <summary>The place of a string, which is added when it is new.</summary>
    public uint Add(string text)
    {
        if (!_places.TryGetValue(text, out uint place))
        {
            _places.Add(text, place = (uint)_bytes.Length);
            _bytes.Text(text);
        }
        return place;
    }
}
