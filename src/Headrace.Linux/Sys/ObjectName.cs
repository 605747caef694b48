using System.Runtime.CompilerServices;
using System.Text;

namespace Headrace.Linux.Sys;

/// <summary>The name of a kernel object: 15 bytes and a zero (<c>BPF_OBJ_NAME_LEN</c>).</summary>
[InlineArray(Length)]
internal struct ObjectName
{
    private const int Length = 16;
    private byte _first;

    /// <summary>The name cut to what fits, with characters the kernel refuses replaced by an underscore.</summary>
    public static ObjectName From(string name)
    {
        var result = new ObjectName();
        int used = 0;
        foreach (byte character in Encoding.UTF8.GetBytes(name).AsSpan())
        {
            if (used == Length - 1)
                break;
            bool allowed = char.IsAsciiLetterOrDigit((char)character) || character is (byte)'_' or (byte)'.';
            result[used++] = allowed ? character : (byte)'_';
        }
        return result;
    }

    /// <summary>The name as text, up to its zero.</summary>
    public override readonly string ToString()
    {
        ReadOnlySpan<byte> bytes = this;
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
