namespace Headrace.Bindings.Tool;

/// <summary>What a build asks for: lines of a word, a tab and values, as the targets file writes them.</summary>
internal sealed record BuildRequest
{
    /// <summary>Folder of the project.</summary>
    public required string Project { get; init; }

    /// <summary>Folder for descriptions; nothing else may be in it.</summary>
    public required string Output { get; init; }

    /// <summary>C sources.</summary>
    public List<CompileItem> Sources { get; } = [];

    /// <summary>Objects.</summary>
    public List<ObjectItem> Objects { get; } = [];

    /// <summary>The compiler's name or path.</summary>
    public string Clang { get; init; } = "clang";

    /// <summary>The name or path of what takes DWARF out of objects.</summary>
    public string Strip { get; init; } = "llvm-strip";

    /// <summary>True when an editor asks: nothing is compiled and no contract is written.</summary>
    public bool IsDesignTime { get; init; }

    /// <summary>True when contracts are kept.</summary>
    public bool KeepsContracts { get; init; } = true;

    /// <summary>True when a person wants what has changed: contracts are written anew.</summary>
    public bool AcceptsChanges { get; init; }

    /// <summary>True on a build server, which writes no contracts into its checkout.</summary>
    public bool IsServer { get; init; }

    /// <summary>Reads a request file.</summary>
    /// <exception cref="FormatException">A line is none of a request's.</exception>
    public static BuildRequest Read(string path)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        var sources = new List<CompileItem>();
        var objects = new List<ObjectItem>();
        foreach (string line in File.ReadLines(path))
        {
            string[] parts = line.Split('\t');
            switch (parts)
            {
                case ["compile", var source, var target, var includes, var defines, var options]:
                    sources.Add(new CompileItem(source, target, List(includes), List(defines), Words(options)));
                    break;
                case ["object", var file, var resource, var contract]:
                    objects.Add(new ObjectItem(file, resource.Replace('\\', '/'), contract));
                    break;
                case [var name, var value]:
                    settings[name] = value;
                    break;
                case [""]:
                    break;
                default:
                    throw new FormatException($"'{line}' is no line of a request");
            }
        }
        var request = new BuildRequest
        {
            Project = Need("project"),
            Output = Need("output"),
            Clang = Text("clang", "clang"),
            Strip = Text("strip", "llvm-strip"),
            IsDesignTime = IsTrue("designtime"),
            KeepsContracts = !settings.TryGetValue("contracts", out string? keeps) || !keeps.Equals("false", StringComparison.OrdinalIgnoreCase),
            AcceptsChanges = IsTrue("accept"),
            IsServer = IsTrue("server"),
        };
        request.Sources.AddRange(sources);
        request.Objects.AddRange(objects);
        return request;

        string Need(string name) => settings.TryGetValue(name, out string? value) && value.Length > 0 ? value : throw new FormatException($"'{name}' is missing in the request");
        string Text(string name, string otherwise) => settings.TryGetValue(name, out string? value) && value.Length > 0 ? value : otherwise;
        bool IsTrue(string name) => settings.TryGetValue(name, out string? value) && value.Equals("true", StringComparison.OrdinalIgnoreCase);
    }

    private static string[] List(string text) => text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[] Words(string text) => text.Split([' ', ';'], StringSplitOptions.RemoveEmptyEntries);
}
