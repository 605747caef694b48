using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Linux.Tests.Objects;

/// <summary>Objects as compilers write them load into the kernel: types, maps, data, programs.</summary>
public class ObjectLoadTests
{
    public static TheoryData<string> OwnObjects() => [.. Repository.ProgramObjects.Select(path => Path.GetFileName(path))];

    public ObjectLoadTests() => RequiresKernel.OrSkip();

    [Theory, MemberData(nameof(OwnObjects))]
    public void Own_objects_load(string name) => AssertLoads(Repository.ProgramObjects.Single(path => Path.GetFileName(path) == name));

    [Theory, MemberData(nameof(ThirdParty.Loadable), MemberType = typeof(ThirdParty))]
    public void Third_party_objects_load(string name) => AssertLoads(ThirdParty.PathOf(name));

    private static void AssertLoads(string path)
    {
        var spec = CollectionSpec.Load(path);
        using KernelCollection collection = KernelCollection.Load(spec);
        Assert.Equal(spec.Programs.Count(program => program.AutoLoad), collection.Programs.Count);
        Assert.Equal(spec.Maps.Select(map => map.Name), collection.Maps.Keys);
        foreach (MapSpec map in spec.Maps.Where(map => map.IsDataSection))
        {
            byte[] value = new byte[map.ValueSize];
            Assert.True(collection.Maps[map.Name].Lookup(new byte[4], value));
            Assert.Equal(map.Data, value);
        }
    }
}
