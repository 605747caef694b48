using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Maps;

public class MapElementsTests
{
    /// <summary>Types the kernel reads by batches, with values small and larger than a batch's memory.</summary>
    public static TheoryData<MapType, int, int> Batched => new()
    {
        { MapType.Hash, 12, 3000 }, { MapType.LruHash, 8, 3000 }, { MapType.Array, 7, 3000 }, { MapType.LpmTrie, 8, 3000 },
        { MapType.PerCpuHash, 12, 3000 }, { MapType.PerCpuArray, 12, 3000 }, { MapType.LruPerCpuHash, 8, 3000 }, { MapType.Hash, 300_000, 3 }, { MapType.Hash, 4, 0 },
    };

    [Theory, MemberData(nameof(Batched))]
    public void All_elements_come_once_with_their_values(MapType type, int valueSize, int count)
    {
        RequiresKernel.OrSkip();
        using KernelMap map = KernelMap.Create(new MapSpec
        {
            Name = "elements",
            Type = type,
            KeySize = type == MapType.LpmTrie ? 8u : 4u,
            ValueSize = (uint)valueSize,
            MaxEntries = type is MapType.LruHash or MapType.LruPerCpuHash ? 100_000 : (uint)Math.Max(count, 1), // room, so that none is driven out
            Flags = type == MapType.LpmTrie ? MapFlags.NoPrealloc : MapFlags.None,
        });
        for (int i = 0; i < count; i++)
        {
            byte[] value = new byte[map.ValueBufferSize];
            value.AsSpan().Fill((byte)(i * 7));
            map.Update(Key(map, i), value);
        }
        Dictionary<string, byte[]> found = map.Elements().ToDictionary(element => Convert.ToHexString(element.Key), element => element.Value);
        Assert.Equal(count, found.Count);
        for (int i = 0; i < count; i++)
        {
            byte[] expected = new byte[map.ValueBufferSize];
            map.Lookup(Key(map, i), expected);
            Assert.Equal((byte)(i * 7), expected[0]);
            Assert.Equal(expected, found[Convert.ToHexString(Key(map, i))]);
        }
    }

    private static byte[] Key(KernelMap map, int i)
    {
        byte[] key = new byte[map.KeySize];
        if (map.Type == MapType.LpmTrie)
            key[0] = 32;
        BinaryPrimitives.WriteInt32LittleEndian(key.AsSpan(map.KeySize - sizeof(int)), i);
        return key;
    }
}
