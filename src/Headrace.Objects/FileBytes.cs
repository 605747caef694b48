namespace Headrace.Objects;

/// <summary>Reads whole files, with errors that name them.</summary>
internal static class FileBytes
{
    private const long MaxSize = 1L << 30;

    // What has no length of its own (a pipe, a device) may have no end either.
    private const int MaxStream = 64 << 20;

    public static byte[] Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return stream.CanSeek && stream.Length > 0 ? ReadRegular(stream, path) : ReadStream(stream, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ObjectException(path, "", $"it cannot be read: {error.Message}");
        }
    }

    private static byte[] ReadRegular(FileStream stream, string path)
    {
        if (stream.Length > MaxSize)
            throw new ObjectException(path, "", $"{stream.Length} bytes are more than the limit of {MaxSize}");
        byte[] bytes = new byte[stream.Length];
        // Files of sysfs may be shorter than they say.
        int count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return count == bytes.Length ? bytes : bytes[..count];
    }

    private static byte[] ReadStream(FileStream stream, string path)
    {
        using var bytes = new MemoryStream();
        byte[] chunk = new byte[1 << 16];
        while (stream.Read(chunk) is > 0 and var count)
        {
            if (bytes.Length + count > MaxStream)
                throw new ObjectException(path, "", $"more than {MaxStream} bytes, the limit for what is no regular file");
            bytes.Write(chunk, 0, count);
        }
        return bytes.ToArray();
    }
}
