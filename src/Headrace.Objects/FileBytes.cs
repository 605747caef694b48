namespace Headrace.Objects;

/// <summary>Reads whole files, with errors that name them.</summary>
internal static class FileBytes
{
    private const long MaxSize = 1L << 30;

    public static byte[] Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > MaxSize)
                throw new ObjectException(path, "", $"{stream.Length} bytes are more than the limit of {MaxSize}");
            // Files of sysfs may be shorter than they say; ReadAllBytes handles both.
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ObjectException(path, "", $"it cannot be read: {error.Message}");
        }
    }
}
