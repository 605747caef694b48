namespace Headrace.Objects.Loading;

/// <summary>What the kernel's maps of data sections are called: as libbpf calls them, so that tools find them.</summary>
internal static class DataSectionNames
{
    private const int MaxName = 15; // BPF_OBJ_NAME_LEN without its terminating zero
    private const int ShortestSuffix = 7;

    /// <summary>The object's name, cut so that the section's fits behind it; a section with a second dot keeps its own name alone.</summary>
    public static string KernelName(string source, string section)
    {
        if (section.IndexOf('.', 1) >= 0)
            return Clean(section.Length > MaxName ? section[..MaxName] : section);
        string file = Path.GetFileName(source);
        int dot = file.IndexOf('.');
        string prefix = dot >= 0 ? file[..dot] : file;
        int room = Math.Max(MaxName - Math.Max(section.Length, ShortestSuffix), 0);
        string name = (prefix.Length > room ? prefix[..room] : prefix) + section;
        return Clean(name.Length > MaxName ? name[..MaxName] : name);
    }

    private static string Clean(string name) =>
        string.Create(name.Length, name, (span, text) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = char.IsAsciiLetterOrDigit(text[i]) || text[i] is '.' or '_' ? text[i] : '_';
        });
}
