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

    /// <summary>Licence string of the object.</summary>
    public string License { get; set; } = "";
}
