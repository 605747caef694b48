using System.Text;

namespace Headrace.Linux.Tests.Helpers;

/// <summary>Constants of a trial, one after the other.</summary>
internal sealed class ConstantPool
{
    private readonly List<byte> _bytes = [];

    /// <summary>Adds a string with its zero byte; its offset.</summary>
    public int Add(string text) => Add([.. Encoding.Latin1.GetBytes(text), 0]);

    /// <summary>Adds bytes, aligned to 8; their offset.</summary>
    public int Add(byte[] bytes)
    {
        while (_bytes.Count % 8 != 0)
            _bytes.Add(0);
        int offset = _bytes.Count;
        _bytes.AddRange(bytes);
        return offset;
    }

    public byte[] ToArray() => [.. _bytes, 0, 0, 0, 0, 0, 0, 0, 0];
}
