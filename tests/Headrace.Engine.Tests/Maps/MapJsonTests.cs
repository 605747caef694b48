using System.Text;
using System.Text.Json;
using Headrace.Bytecode;
using static Headrace.Engine.Tests.TestMaps;

namespace Headrace.Engine.Tests;

public sealed class MapJsonTests
{
    [Fact]
    public void What_is_dumped_can_be_loaded()
    {
        using Map first = Create(MapType.Hash, 4, 2, 10), second = Create(MapType.Hash, 4, 2, 10);
        Assert.Equal(2, Load(first, """[{"key":"01000000","value":"aa bb"},{"key":"02 00 00 00","value":"ccdd"}]"""));
        Load(second, Dump(first));
        Assert.Equal([0xaa, 0xbb], second.Lookup([1, 0, 0, 0]));
        Assert.Equal([0xcc, 0xdd], second.Lookup([2, 0, 0, 0]));
    }

    [Fact]
    public void Values_of_per_cpu_maps_are_arrays_and_one_value_goes_to_all_cpus()
    {
        using Map map = Create(MapType.PerCpuArray, 4, 1, 2);
        Load(map, """[{"key":"00000000","value":"07"},{"key":"01000000","value":["01","02"]}]""");
        Assert.Equal("""[{"key":"00000000","value":["07","07","07","07"]},{"key":"01000000","value":["01","02","00","00"]}]""", Dump(map));
    }

    [Theory]
    [InlineData("{}", "an array")]
    [InlineData("[{\"key\":\"00\"}]", "element 0")]
    [InlineData("[{\"key\":\"0000000g\",\"value\":\"00\"}]", "no hex")]
    [InlineData("[{\"key\":\"00000000\",\"value\":\"0000\"},{\"key\":\"00\",\"value\":\"0000\"}]", "element 1")]
    [InlineData("[{\"key\":5,\"value\":\"0000\"}]", "string of hex")]
    [InlineData("[", "JSON")]
    public void A_malformed_document_is_refused_with_its_place(string json, string expected)
    {
        using Map map = Create(MapType.Hash, 4, 2, 10);
        Assert.Contains(expected, Assert.Throws<MapException>(() => Load(map, json)).Message);
    }

    [Fact]
    public void Maps_that_cannot_be_listed_dump_as_nothing()
    {
        using Map queue = Create(MapType.Queue, 0, 4, 2), ring = Create(MapType.RingBuffer, 0, 0, 4096);
        Assert.Equal("[]", Dump(queue));
        Assert.Equal("[]", Dump(ring));
        Load(queue, """[{"value":"01020304"}]""");
        byte[] value = new byte[4];
        Assert.True(queue.TryPop(value));
        Assert.Equal([1, 2, 3, 4], value);
    }

    private static int Load(Map map, string json) => MapJson.Load(map, Encoding.UTF8.GetBytes(json));

    private static string Dump(Map map)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            MapJson.Dump(map, writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
