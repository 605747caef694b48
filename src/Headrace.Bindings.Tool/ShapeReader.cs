using System.Globalization;
using Headrace.Bindings.Shapes;
using Headrace.Objects;

namespace Headrace.Bindings.Tool;

/// <summary>Reads what C# can see of an object.</summary>
internal sealed class ShapeReader
{
    private readonly CollectionSpec _spec;
    private readonly ObjectShape _shape = new();
    private readonly TypeShapes? _types;

    private ShapeReader(CollectionSpec spec)
    {
        _spec = spec;
        _types = spec.Types is { } types ? new TypeShapes(types, _shape.Types) : null;
    }

    /// <summary>The shape of a collection.</summary>
    /// <exception cref="ObjectException">Its types are hostile: they loop, or are larger than anything that is compiled.</exception>
    public static ObjectShape Read(CollectionSpec spec)
    {
        var reader = new ShapeReader(spec);
        reader.ReadPrograms();
        reader.ReadMaps();
        reader.ReadVariables();
        reader._types?.AddNamed();
        return reader._shape;
    }

    private void ReadPrograms()
    {
        foreach (ProgramSpec program in _spec.Programs)
            _shape.Programs.Add(new ProgramShape(program.Name, Word(program.Type)));
    }

    private void ReadMaps()
    {
        foreach (MapSpec map in _spec.Maps)
        {
            if (!map.IsDataSection)
                _shape.Maps.Add(new MapShape(map.Name, Word(map.Type), map.KeySize, map.ValueSize, Element(map.KeyTypeId, map.KeySize), Element(map.ValueTypeId, map.ValueSize)));
        }
    }

    private void ReadVariables()
    {
        foreach (VariableSpec variable in _spec.Variables)
        {
            // Compilers' own labels, and static variables that share their name with another: nobody could mean one of them.
            if (variable.Size == 0 || variable.Name.StartsWith(".L", StringComparison.Ordinal) || variable.Name.Contains('@', StringComparison.Ordinal))
                continue;
            string declaration = _types is null || variable.TypeId == 0 ? variable.Name : _types.Declare(variable.TypeId, variable.Name);
            _shape.Variables.Add(new VariableShape(variable.Name, variable.Map.Name, variable.IsConstant, variable.Offset, variable.Size,
                Element(variable.TypeId, variable.Size), declaration));
            // The idiom that keeps the type of a ring buffer's events in an object is a pointer to it that nobody uses.
            _types?.UsePointee(variable.TypeId);
        }
    }

    /// <summary>The type of a key, value or variable, where it says the same size.</summary>
    private TypeReference? Element(int id, long size) =>
        _types is null || id == 0 || size == 0 || _spec.Types!.TrySizeOf(id) != size ? null : _types.Use(id);

    private static string Word<T>(T value) where T : struct, Enum => Enum.GetName(value) ?? string.Create(CultureInfo.InvariantCulture, $"{value:d}");
}
