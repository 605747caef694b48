using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Testing;
using Microsoft.CodeAnalysis;

namespace Headrace.Bindings.Tests;

/// <summary>Generated structs lie in memory as BTF says, measured as the runtime laid them out.</summary>
public class LayoutTests
{
    private static readonly ConcurrentDictionary<string, Type> s_faces = new(StringComparer.Ordinal);

    public static TheoryData<string> Objects =>
    [
        .. Repository.ProgramObjects.Select(path => Path.GetRelativePath(Repository.Root, path)),
        .. Directory.Exists("/usr/lib/x86_64-linux-gnu/bpf") ? Directory.GetFiles("/usr/lib/x86_64-linux-gnu/bpf", "*.o").Order(StringComparer.Ordinal).ToArray() : [],
    ];

    [Theory, MemberData(nameof(Objects))]
    public void Types_of_an_object_have_the_layout_that_btf_says(string path)
    {
        path = Path.Combine(Repository.Root, path);
        CollectionSpec spec = CollectionSpec.Load(path);
        Type face = Load(path, spec);
        if (spec.Types is not { } types)
            return;
        int compared = new BtfComparison(types, face).CompareAll();
        TestContext.Current.TestOutputHelper?.WriteLine($"{Path.GetFileName(path)}: {compared} members and constants compared");
        // All but the plainest programs have a struct of the kernel's at least: their context.
        Assert.True(compared > 0 || !types.FindAll("xdp_md").Any(), "nothing was compared");
    }

    [Theory, MemberData(nameof(Objects))]
    public void Keys_and_values_have_the_sizes_of_their_maps(string path)
    {
        path = Path.Combine(Repository.Root, path);
        CollectionSpec spec = CollectionSpec.Load(path);
        Type face = Load(path, spec);
        Type maps = face.GetNestedType("BoundMaps")!;
        int typed = 0;
        foreach (MapSpec map in spec.Maps.Where(map => !map.IsDataSection))
        {
            Type type = maps.GetProperty(Identifiers.Pascal(map.Name))!.PropertyType;
            int[] wanted = type.GetGenericArguments().Length == 1 ? [(int)map.ValueSize] : [(int)map.KeySize, (int)map.ValueSize];
            if (type.IsGenericType)
                Assert.Equal(wanted, type.GetGenericArguments().Select(Layouts.SizeOf));
            typed += type.IsGenericType ? 1 : 0;
            bool plain = map.Type is MapType.Hash or MapType.Array or MapType.LruHash or MapType.LpmTrie or MapType.PerCpuArray or MapType.PerCpuHash
                or MapType.LruPerCpuHash or MapType.Queue or MapType.Stack or MapType.BloomFilter or MapType.DevMap or MapType.DevMapHash or MapType.CpuMap;
            Assert.Equal(plain, type.IsGenericType);
        }
        Assert.Equal(spec.Maps.Count(map => !map.IsDataSection), maps.GetProperties().Length);
        TestContext.Current.TestOutputHelper?.WriteLine($"{typed} typed maps");
    }

    [Theory, MemberData(nameof(Objects))]
    public void An_object_built_in_opens(string path)
    {
        path = Path.Combine(Repository.Root, path);
        CollectionSpec spec = CollectionSpec.Load(path);
        Type face = Load(path, spec);
        object open = face.GetMethod("Open", [])!.Invoke(null, null)!;
        var collection = (CollectionSpec)open.GetType().GetProperty("Collection")!.GetValue(open)!;
        Assert.Equal(spec.Programs.Select(program => program.Name), collection.Programs.Select(program => program.Name));
        object programs = open.GetType().GetProperty("Programs")!.GetValue(open)!;
        foreach (PropertyInfo program in programs.GetType().GetProperties())
            Assert.IsType<ProgramSpec>(program.GetValue(programs));
        object variables = open.GetType().GetProperty("Variables")!.GetValue(open)!;
        foreach (PropertyInfo variable in variables.GetType().GetProperties().Where(property => !property.PropertyType.IsByRefLike))
        {
            object? value = variable.GetValue(variables);
            variable.SetValue(variables, value);
            Assert.Equal(value, variable.GetValue(variables));
        }
    }

    // Compiled once for all tests: that is what takes time here.
    private static Type Load(string path, CollectionSpec spec) => s_faces.GetOrAdd(path, _ => Compile(path, spec));

    private static Type Compile(string path, CollectionSpec spec)
    {
        var names = new StringBuilder();
        // Types that only functions name are asked for as well: the more there is to compare.
        foreach (string name in Named(spec))
            names.Append('"').Append(name).Append("\", ");
        Generated generated = Generated.From($$"""
            using Headrace.Bindings;
            [BpfObject("{{Path.GetFileName(path)}}", Types = [{{names}}])]
            public partial class Face;
            """, [Described.File(path)], (Path.GetFileName(path), File.ReadAllBytes(path)));
        Assert.DoesNotContain(generated.Reported, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        Assert.Empty(generated.Compiled);
        return generated.Load().GetType("Face")!;
    }

    private static IEnumerable<string> Named(CollectionSpec spec)
    {
        if (spec.Types is not { } types)
            yield break;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int id = types.FirstOwnId; id < types.Count; id++)
        {
            if (types[id] is BtfComposite { Name.Length: > 0, Size: > 0 and <= 65536 } or BtfEnum { Name.Length: > 0 } && seen.Add(types[id].Name))
                yield return types[id].Name;
        }
    }
}
