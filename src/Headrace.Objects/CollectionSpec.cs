namespace Headrace.Objects;

/// <summary>What an object file says: programs, maps, globals, types. Edit it freely, then load it into an engine or the kernel.</summary>
public sealed partial class CollectionSpec
{
    /// <summary>Where it came from: a path, or a name for one made in memory.</summary>
    public required string Source { get; init; }

    /// <summary>The programs by name, in the order of the file.</summary>
    public ProgramSpecCollection Programs { get; } = [];

    /// <summary>The maps by name and index; data sections are maps too.</summary>
    public MapSpecCollection Maps { get; } = [];

    /// <summary>The global variables by name.</summary>
    public VariableSpecCollection Variables { get; } = [];

    /// <summary>The object's own types; null when it was compiled without <c>-g</c>.</summary>
    /// <remarks>Its data sections have their sizes and offsets filled in, so that a kernel takes it as it is.</remarks>
    public Btf? Types { get; init; }

    /// <summary>Licence string of the object.</summary>
    public string License { get; set; } = "";

    /// <summary>Size of the object file in bytes; 0 for one made in memory.</summary>
    public long FileSize { get; init; }

    /// <summary>What a person should know of the object although it could be read: parts that were left out, values that are missing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
