using System.Globalization;
using Headrace.Bindings.Shapes;

namespace Headrace.Bindings.Tool;

/// <summary>Finds what C# written against one shape of an object could stumble over in the next. What was only added is no change.</summary>
internal sealed class ShapeComparison
{
    private readonly ObjectShape _old;
    private readonly ObjectShape _new;
    private readonly List<ShapeChange> _changes = [];
    private readonly HashSet<string> _changedTypes = new(StringComparer.Ordinal);

    private ShapeComparison(ObjectShape old, ObjectShape @new)
    {
        _old = old;
        _new = @new;
    }

    /// <summary>The changes; empty when everything that was there still is, as it was.</summary>
    public static IReadOnlyList<ShapeChange> Compare(ObjectShape old, ObjectShape @new)
    {
        var comparison = new ShapeComparison(old, @new);
        comparison.CompareTypes();
        comparison.ComparePrograms();
        comparison.CompareMaps();
        comparison.CompareVariables();
        return comparison._changes;
    }

    private void ComparePrograms()
    {
        foreach (ProgramShape before in _old.Programs)
        {
            ProgramShape? after = _new.Programs.Find(program => program.Name == before.Name);
            if (after is null)
            {
                Add(ChangeIds.Program, $"program '{before.Name}' is gone{Renamed(before, _old.Programs, _new.Programs, program => program.Name, (a, b) => a.Type == b.Type)}");
            }
            else if (after.Type != before.Type)
            {
                Add(ChangeIds.Program, $"program '{before.Name}' was of type {before.Type}, it is of type {after.Type}");
            }
        }
    }

    private void CompareMaps()
    {
        foreach (MapShape before in _old.Maps)
        {
            MapShape? after = _new.Maps.Find(map => map.Name == before.Name);
            if (after is null)
            {
                Add(ChangeIds.Map, $"map '{before.Name}' is gone{Renamed(before, _old.Maps, _new.Maps, map => map.Name, (a, b) => a with { Name = b.Name } == b)}");
                continue;
            }
            if (after.Type != before.Type)
                Add(ChangeIds.Map, $"map '{before.Name}' was of type {before.Type}, it is of type {after.Type}");
            CompareElement(before.Name, "key", before.Key, before.KeySize, after.Key, after.KeySize);
            CompareElement(before.Name, "value", before.Value, before.ValueSize, after.Value, after.ValueSize);
        }
    }

    private void CompareElement(string map, string what, TypeReference? before, long sizeBefore, TypeReference? after, long sizeAfter)
    {
        if (before == after && (sizeBefore == sizeAfter || (before is { IsNamed: true } && _changedTypes.Contains(before.Base))))
            return;
        Add(ChangeIds.Map, $"the {what} of map '{map}' was {Describe(before, sizeBefore)}, it is {Describe(after, sizeAfter)}");
    }

    private void CompareVariables()
    {
        foreach (VariableShape before in _old.Variables)
        {
            VariableShape? after = _new.Variables.Find(variable => variable.Name == before.Name);
            if (after is null)
            {
                string hint = Renamed(before, _old.Variables, _new.Variables, variable => variable.Name, (a, b) => a.Section == b.Section && a.Type == b.Type && a.Size == b.Size);
                Add(ChangeIds.Variable, $"variable '{before.Name}' is gone{hint}");
                continue;
            }
            if (before.Type != after.Type || (before.Size != after.Size && !(before.Type is { IsNamed: true } && _changedTypes.Contains(before.Type.Base))))
                Add(ChangeIds.Variable, $"variable '{before.Name}' was {Describe(before.Type, before.Size)}, it is {Describe(after.Type, after.Size)}");
            if (before.IsConstant != after.IsConstant)
                Add(ChangeIds.Variable, $"variable '{before.Name}' was {Kind(before)}, it is {Kind(after)}");
        }
    }

    private void CompareTypes()
    {
        foreach (TypeShape before in _old.Types)
        {
            if (!before.IsUsed)
                continue;
            TypeShape? after = _new.Types.Find(type => type.Key == before.Key && type.IsUsed);
            // What is gone is told where it was used: a map or variable has another type now.
            if (after is null)
                continue;
            int count = _changes.Count;
            if (before.IsEnum)
                CompareConstants(before, after);
            else
                CompareMembers(before, after);
            if (_changes.Count > count)
                _changedTypes.Add(before.Key);
        }
    }

    private void CompareConstants(TypeShape before, TypeShape after)
    {
        var differences = new List<string>();
        if (before.Size != after.Size || before.IsSigned != after.IsSigned)
            differences.Add($"it had {Enum(before)}, it has {Enum(after)}");
        foreach (MemberShape constant in before.Members)
        {
            MemberShape? now = after.Members.Find(member => member.Name == constant.Name);
            if (now is null)
                differences.Add($"constant '{constant.Name}' is gone{Renamed(constant, before.Members, after.Members, member => member.Name, (a, b) => a.BitOffset == b.BitOffset)}");
            else if (now.BitOffset != constant.BitOffset)
                differences.Add($"constant '{constant.Name}' was {Number(constant.BitOffset)}, it is {Number(now.BitOffset)}");
        }
        Report(ChangeIds.Enum, before, differences);
    }

    private void CompareMembers(TypeShape before, TypeShape after)
    {
        var differences = new List<string>();
        if (before.Size != after.Size)
            differences.Add($"it had {Number(before.Size)} bytes, it has {Number(after.Size)}");
        foreach (MemberShape member in before.Members)
        {
            MemberShape? now = after.Members.Find(other => other.Name == member.Name);
            if (now is null)
            {
                differences.Add($"field '{member.Name}' is gone{Renamed(member, before.Members, after.Members, field => field.Name,
                    (a, b) => a.BitOffset == b.BitOffset && a.BitSize == b.BitSize && a.Type == b.Type)}");
                continue;
            }
            if (now.Type != member.Type || now.BitSize != member.BitSize)
                differences.Add($"field '{member.Name}' was '{member.Declaration}', it is '{now.Declaration}'");
            if (now.BitOffset != member.BitOffset)
                differences.Add($"field '{member.Name}' was at {Place(member)}, it is at {Place(now)}");
        }
        foreach (MemberShape member in after.Members)
        {
            if (!before.Members.Exists(other => other.Name == member.Name) && RenamedFrom(member, after.Members, before.Members) is null)
                differences.Add($"field '{member.Name}' is new at {Place(member)}");
        }
        Report(ChangeIds.Struct, before, differences);
    }

    private void Report(string id, TypeShape type, List<string> differences)
    {
        const int Most = 6;
        if (differences.Count == 0)
            return;
        string more = differences.Count > Most ? string.Create(CultureInfo.InvariantCulture, $"; and {differences.Count - Most} more") : "";
        Add(id, $"{type.Title}{Users(type)} has changed: {string.Join("; ", differences.Take(Most))}{more}");
    }

    /// <summary>The maps and variables that show a type, as people know it by them.</summary>
    private string Users(TypeShape type)
    {
        string[] users =
        [
            .. _old.Maps.Where(map => map.Key?.Base == type.Key).Select(map => $"key of map '{map.Name}'"),
            .. _old.Maps.Where(map => map.Value?.Base == type.Key).Select(map => $"value of map '{map.Name}'"),
            .. _old.Variables.Where(variable => variable.Type?.Base == type.Key).Select(variable => $"type of variable '{variable.Name}'"),
        ];
        return users.Length == 0 ? "" : $" ({string.Join(", ", users.Take(4))}{(users.Length > 4 ? ", ..." : "")})";
    }

    /// <summary>The one new thing that is like the one that is gone, as a hint.</summary>
    private static string Renamed<T>(T gone, List<T> before, List<T> after, Func<T, string> name, Func<T, T, bool> alike)
    {
        HashSet<string> known = [.. before.Select(name)];
        T[] candidates = [.. after.Where(item => !known.Contains(name(item)) && alike(gone, item))];
        return candidates.Length == 1 ? $": '{name(candidates[0])}' is new and the same otherwise, was it renamed?" : "";
    }

    private static MemberShape? RenamedFrom(MemberShape member, List<MemberShape> own, List<MemberShape> others) => others.Find(other =>
        !own.Exists(mine => mine.Name == other.Name) && other.BitOffset == member.BitOffset && other.BitSize == member.BitSize && other.Type == member.Type);

    private static string Describe(TypeReference? type, long size) => type is null
        ? $"{Number(size)} bytes of no known type"
        : $"{type.Text.Replace(':', ' ')} ({Number(size)} bytes)";

    private static string Enum(TypeShape type) => $"{Number(type.Size)} {(type.IsSigned ? "signed" : "unsigned")} bytes";

    private static string Kind(VariableShape variable) => variable.IsConstant ? "constant" : "writable";

    private static string Place(MemberShape member) =>
        member.BitOffset % 8 == 0 && member.BitSize == 0 ? $"byte {Number(member.BitOffset / 8)}" : $"bit {Number(member.BitOffset)}";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private void Add(string id, string message) => _changes.Add(new ShapeChange(id, message));
}
