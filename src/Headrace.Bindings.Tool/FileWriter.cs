using System.Text;

namespace Headrace.Bindings.Tool;

/// <summary>Writes files that others read at the same time: whole or not at all, and only when something changes.</summary>
internal static class FileWriter
{
    /// <summary>Writes a text.</summary>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes bytes.</summary>
    /// <returns>False when they were there already.</returns>
    public static bool Write(string path, byte[] bytes)
    {
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
            return false;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string other = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllBytes(other, bytes);
        File.Move(other, path, overwrite: true);
        return true;
    }
}
