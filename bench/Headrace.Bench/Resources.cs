using Headrace.Bytecode;

namespace Headrace.Bench;

/// <summary>The files inside this assembly: objects, C sources and map contents.</summary>
internal static class Resources
{
    /// <summary>A file's bytes.</summary>
    public static byte[] Read(string name)
    {
        using Stream stream = typeof(Resources).Assembly.GetManifestResourceStream(name)
            ?? throw new HeadraceException($"{name} is neither a file nor part of this program");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
