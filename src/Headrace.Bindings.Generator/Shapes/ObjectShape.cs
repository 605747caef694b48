namespace Headrace.Bindings.Shapes;

/// <summary>What of an object C# can see: names, types and layouts. The tool reads it from the object, the generator writes C# from it.</summary>
internal sealed class ObjectShape
{
    /// <summary>Where the object is; empty in a contract.</summary>
    public string Path { get; set; } = "";

    /// <summary>Name of the resource that holds its bytes; empty in a contract.</summary>
    public string Resource { get; set; } = "";

    /// <summary>Why it could not be read; null when it could.</summary>
    public string? Error { get; set; }

    /// <summary>How it differs from the contract.</summary>
    public List<ShapeChange> Changes { get; } = [];

    /// <summary>Its programs.</summary>
    public List<ProgramShape> Programs { get; } = [];

    /// <summary>Its maps without data sections.</summary>
    public List<MapShape> Maps { get; } = [];

    /// <summary>Its global variables.</summary>
    public List<VariableShape> Variables { get; } = [];

    /// <summary>Its types.</summary>
    public List<TypeShape> Types { get; } = [];
}
