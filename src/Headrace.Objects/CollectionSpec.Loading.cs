using Headrace.Objects.Loading;

namespace Headrace.Objects;

/// <content>Reading objects.</content>
public sealed partial class CollectionSpec
{
    /// <summary>Reads an object file as clang writes it (ELF64, little endian, eBPF).</summary>
    /// <exception cref="ObjectException">It cannot be read, is no such object, or is damaged.</exception>
    public static CollectionSpec Load(string path, ObjectOptions? options = null) => Parse(FileBytes.Read(path), path, options);

    /// <summary>Reads an object from memory; <paramref name="source"/> names it in errors and gives data sections their kernel name.</summary>
    /// <exception cref="ObjectException">It is no such object, or damaged.</exception>
    public static CollectionSpec Parse(ReadOnlyMemory<byte> bytes, string source, ObjectOptions? options = null) =>
        new ObjectLoader(bytes, source, options ?? new ObjectOptions()).Load();
}
