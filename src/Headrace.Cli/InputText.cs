using System.Buffers;
using System.Text;
using Headrace.Bytecode;

namespace Headrace.Cli;

/// <summary>Reads text that people and scripts give, never more than a bound: a device or an endless pipe is an error, not all of the memory.</summary>
internal static class InputText
{
    /// <summary>Characters that are read at most: a program of a million instructions as spaced hex takes a third of it.</summary>
    public const int MaxLength = 64 << 20;

    /// <summary>Reads a whole file of UTF-8.</summary>
    public static string Read(string path)
    {
        using var reader = new StreamReader(path);
        return ReadToEnd(reader, path);
    }

    /// <summary>Reads everything up to the end.</summary>
    /// <param name="reader">What to read.</param>
    /// <param name="what">Its name in an error.</param>
    /// <param name="limit">Characters accepted.</param>
    /// <exception cref="HeadraceException">There is more than <paramref name="limit"/>.</exception>
    public static string ReadToEnd(TextReader reader, string what, int limit = MaxLength)
    {
        var text = new StringBuilder();
        char[] buffer = ArrayPool<char>.Shared.Rent(1 << 16);
        try
        {
            while (reader.Read(buffer, 0, buffer.Length) is > 0 and var count)
            {
                if (text.Length + count > limit)
                    throw TooLong(what, limit);
                text.Append(buffer, 0, count);
            }
            return text.ToString();
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads line by line; a line ends with a line feed, and a carriage return before it is white space of the line.</summary>
    /// <param name="reader">What to read.</param>
    /// <param name="what">Its name in an error.</param>
    /// <param name="limit">Characters accepted in one line.</param>
    /// <exception cref="HeadraceException">A line is longer than <paramref name="limit"/>.</exception>
    public static IEnumerable<string> Lines(TextReader reader, string what, int limit = MaxLength)
    {
        var line = new StringBuilder();
        char[] buffer = new char[1 << 16];
        for (long number = 1; reader.Read(buffer, 0, buffer.Length) is > 0 and var count;)
        {
            int start = 0;
            while (start < count)
            {
                int end = Array.IndexOf(buffer, '\n', start, count - start);
                int length = (end < 0 ? count : end) - start;
                if (line.Length + length > limit)
                    throw TooLong($"{what}: line {number}", limit);
                line.Append(buffer, start, length);
                start += length + 1;
                if (end < 0)
                    break;
                yield return line.ToString();
                line.Clear();
                number++;
            }
        }
        if (line.Length > 0)
            yield return line.ToString();
    }

    private static HeadraceException TooLong(string what, int limit) => new($"{what}: more than {limit} characters, the limit");
}
