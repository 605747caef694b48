using Headrace.Bytecode;
using static Headrace.Engine.Tests.TestMaps;

namespace Headrace.Engine.Tests;

/// <summary>Readers beside writers: what is there all the time is always found, and what is read is whole.</summary>
public sealed unsafe class ConcurrencyTests
{
    private const int Reads = 300_000;
    private const uint Steady = 64;

    [Theory]
    [InlineData(MapType.Hash, 4, false)]
    [InlineData(MapType.Hash, 8, false)]
    [InlineData(MapType.Hash, 16, false)]
    [InlineData(MapType.Hash, 12, false)]
    [InlineData(MapType.LruHash, 16, false)]
    [InlineData(MapType.Hash, 8, true)]
    [InlineData(MapType.Hash, 16, true)]
    [InlineData(MapType.LruHash, 16, true)]
    public void Keys_that_stay_are_found_beside_updates_inserts_and_deletes(MapType type, int keySize, bool near)
    {
        // Few home buckets for many elements: chains grow, shrink and hand their buckets to each other.
        using Map map = CreateHash(type, (uint)keySize, 32, 600, near);
        for (uint key = 0; key < Steady; key++)
            Write(map, key, 0, keySize);
        RunBeside(
            (stopped, _) =>
            {
                for (uint round = 0; !stopped(); round++)
                    Write(map, round % Steady, round, keySize);
            },
            (stopped, cpu) =>
            {
                var random = new Random(cpu);
                while (!stopped())
                    Churn(map, Steady + (uint)random.Next(500), random.Next(2) == 0, keySize, cpu);
            },
            () =>
            {
                byte* bytes = stackalloc byte[keySize];
                ulong* value = stackalloc ulong[4];
                for (int i = 0; i < Reads; i++)
                {
                    uint key = (uint)i % Steady;
                    Key(bytes, key, keySize);
                    Assert.False(map.Lookup(bytes, 0) == null, $"key {key} was not found");
                    Assert.Equal(0, map.SystemLookup(bytes, (byte*)value, 0));
                    Assert.Equal(key, value[0] >> 32);
                    Assert.True(value[0] == value[1] && value[1] == value[2] && value[2] == value[3], $"key {key} has a torn value");
                }
            });
    }

    [Fact]
    public void Routes_that_stay_are_found_beside_routes_that_come_and_go()
    {
        using Map map = Create(MapType.LpmTrie, 8, 8, 5000);
        map.Update(Route(8, 10), 1UL);
        map.Update(Route(24, 10, 77, 77), 2UL);
        RunBeside(
            (stopped, cpu) =>
            {
                var random = new Random(cpu);
                while (!stopped())
                    ChurnRoute(map, random);
            },
            (stopped, cpu) =>
            {
                var random = new Random(cpu);
                while (!stopped())
                    ChurnRoute(map, random);
            },
            () =>
            {
                var random = new Random(7);
                for (int i = 0; i < Reads; i++)
                {
                    ulong inside = Route(32, 10, (byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
                    Assert.False(map.Lookup((byte*)&inside, 0) == null);
                    ulong below = Route(32, 10, 77, 77, (byte)random.Next(256));
                    ulong* value = (ulong*)map.Lookup((byte*)&below, 0);
                    Assert.False(value == null);
                    Assert.Equal(2UL, *value);
                    ulong outside = Route(32, 12, 1);
                    Assert.True(map.Lookup((byte*)&outside, 0) == null);
                }
            });
    }

    [Theory, InlineData(false), InlineData(true)]
    public void An_evicting_map_keeps_its_limit_and_its_values_under_many_writers(bool near)
    {
        using Map map = CreateHash(MapType.LruHash, 8, 8, 500, near);
        Parallel.For(0, Cpus, cpu =>
        {
            var random = new Random(cpu);
            for (int i = 0; i < 50_000; i++)
            {
                ulong key = (ulong)random.Next(3000), value = key * 3;
                Assert.Equal(0, map.Update((byte*)&key, (byte*)&value, 0, cpu));
                ulong read;
                if (map.SystemLookup((byte*)&key, (byte*)&read, 0) == 0)
                    Assert.Equal(key * 3, read);
                if (i % 16 == 0)
                    map.Delete((byte*)&key);
            }
        });
        int count = map.Entries().Count();
        Assert.InRange(count, 1, 500);
        for (ulong key = 10_000; key < 10_500; key++)
            map.Update(key, key * 3);
        Assert.Equal(500, map.Entries().Count());
        Assert.All(map.Entries(), entry => Assert.Equal(BitConverter.ToUInt64(entry.Key) * 3, BitConverter.ToUInt64(entry.Value)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void No_element_is_lost_or_doubled_by_threads_that_share_a_full_map(bool near)
    {
        using Map map = CreateHash(MapType.Hash, 4, 4, 100, near);
        Parallel.For(0, Cpus, cpu =>
        {
            var random = new Random(cpu);
            for (int i = 0; i < 50_000; i++)
            {
                uint key = (uint)random.Next(150), value = key;
                int result = random.Next(3) == 0 ? map.Delete((byte*)&key) : map.Update((byte*)&key, (byte*)&value, 0, cpu);
                Assert.True(result is 0 or -Engine.Errno.E2BIG or -Engine.Errno.ENOENT);
            }
        });
        foreach ((byte[] key, _) in map.Entries().ToArray())
            Assert.True(map.Delete(key));
        Assert.Empty(map.Entries());
        for (uint key = 0; key < 100; key++)
            map.Update(key, key);
        Assert.Equal(Engine.Errno.E2BIG, Errno(() => map.Update(100u, 0u)));
        Assert.Equal(Enumerable.Range(0, 100).Select(key => (uint)key), map.Entries().Select(entry => BitConverter.ToUInt32(entry.Key)).Order());
    }

    [Theory]
    [InlineData(MapType.Queue)]
    [InlineData(MapType.Stack)]
    public void What_is_pushed_is_popped_once(MapType type)
    {
        const uint each = 20_000;
        using Map map = Create(type, 0, 4, 64);
        int[] seen = new int[2 * each];
        Parallel.Invoke(() => Push(0), () => Push(each), Pop, Pop);
        Assert.All(seen, count => Assert.Equal(1, count));

        void Push(uint first)
        {
            SpinWait wait = default;
            for (uint value = first; value < first + each; value++)
            {
                while (map.Push((byte*)&value, 0) != 0)
                    wait.SpinOnce();
            }
        }

        void Pop()
        {
            SpinWait wait = default;
            for (uint i = 0; i < each; i++)
            {
                uint value;
                while (map.Pop((byte*)&value) != 0)
                    wait.SpinOnce();
                Interlocked.Increment(ref seen[value]);
            }
        }
    }

    private static void RunBeside(Action<Func<bool>, int> first, Action<Func<bool>, int> second, Action reader)
    {
        bool stop = false;
        bool Stopped() => Volatile.Read(ref stop);
        Task writers = Task.WhenAll(
            Task.Factory.StartNew(() => first(Stopped, 1), TaskCreationOptions.LongRunning),
            Task.Factory.StartNew(() => second(Stopped, 2), TaskCreationOptions.LongRunning));
        try
        {
            reader();
        }
        finally
        {
            Volatile.Write(ref stop, true);
            writers.GetAwaiter().GetResult();
        }
    }

    private static void Write(Map map, uint key, uint round, int keySize)
    {
        byte* bytes = stackalloc byte[keySize];
        ulong* value = stackalloc ulong[4];
        Key(bytes, key, keySize);
        new Span<ulong>(value, 4).Fill((ulong)key << 32 | round);
        Assert.Equal(0, map.Update(bytes, (byte*)value, 0, 1));
    }

    private static void Churn(Map map, uint key, bool delete, int keySize, int cpu)
    {
        byte* bytes = stackalloc byte[keySize];
        ulong* value = stackalloc ulong[4];
        Key(bytes, key, keySize);
        new Span<ulong>(value, 4).Fill((ulong)key << 32);
        int result = delete ? map.Delete(bytes) : map.Update(bytes, (byte*)value, 0, cpu);
        Assert.True(result is 0 or -Engine.Errno.ENOENT);
    }

    private static void ChurnRoute(Map map, Random random)
    {
        // Half of them on the way to the route that stays, so that its ancestors leave and are used again elsewhere.
        ulong value = 3, key = random.Next(2) == 0
            ? Route(9 + random.Next(15), 10, 77, 77)
            : Route(9 + random.Next(24), 10, (byte)random.Next(76), (byte)random.Next(256), (byte)random.Next(256));
        int result = random.Next(2) == 0 ? map.Delete((byte*)&key) : map.Update((byte*)&key, (byte*)&value, 0, 0);
        Assert.True(result is 0 or -Engine.Errno.ENOENT or -Engine.Errno.ENOSPC);
    }

    private static void Key(byte* bytes, uint key, int size)
    {
        new Span<byte>(bytes, size).Clear();
        *(uint*)bytes = key;
    }

    private static ulong Route(int length, byte a, byte b = 0, byte c = 0, byte d = 0) =>
        (uint)length | (ulong)a << 32 | (ulong)b << 40 | (ulong)c << 48 | (ulong)d << 56;
}
