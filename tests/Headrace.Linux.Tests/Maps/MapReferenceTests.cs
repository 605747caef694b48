using System.Globalization;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux.Sys;
using Headrace.Linux.Tests.Differential;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Maps;

/// <summary>Maps whose values are programs or maps: descriptors go in and ids come out in the kernel, ids both ways here.</summary>
public sealed class MapReferenceTests(ITestOutputHelper output)
{
    private const int Maps = 20;
    private const int Operations = 300;

    [Theory]
    [InlineData(MapType.ArrayOfMaps)]
    [InlineData(MapType.HashOfMaps)]
    [InlineData(MapType.ProgramArray)]
    public void A_sequence_of_operations_has_the_kernels_answers(MapType type)
    {
        RequiresKernel.OrSkip();
        ulong seed = MapDuel.Seed(output);
        var random = new SeededRandom(seed);
        using var choices = new References(type);
        for (int i = 0; i < Maps; i++)
        {
            MapSpec spec = RandomSpecs.Plausible(random, type);
            spec.InnerMap = choices.Template;
            using Map ours = Map.Create(spec, Processors.Possible);
            using KernelMap theirs = KernelMap.Create(spec);
            var history = new List<string>();
            for (int step = 0; step < Operations; step++)
            {
                (string what, string mine, string kernels) = Step(random, spec, ours, theirs, choices);
                history.Add($"{what} -> {kernels}");
                Assert.True(mine == kernels, $"seed {seed}, {RandomSpecs.Describe(spec)}\n  {what}\n  ours:     {mine}\n  kernel's: {kernels}\n    "
                    + string.Join("\n    ", history.TakeLast(20)));
            }
        }
    }

    private static unsafe (string What, string Ours, string Theirs) Step(SeededRandom random, MapSpec spec, Map ours, KernelMap theirs, References choices)
    {
        byte[] key = new byte[spec.KeySize];
        key[0] = (byte)random.Below((int)spec.MaxEntries + 2);
        byte[] value = new byte[4], other = new byte[4];
        int result, theirResult;
        ulong flags = random.OneIn(4) ? random.Pick<ulong>([1, 2, 3, 4, 8]) : 0;
        fixed (byte* k = key, v = value)
        {
            switch (random.Below(4))
            {
                case 0 or 1:
                    int choice = random.Below(choices.Count);
                    BitConverter.TryWriteBytes(value, choices.OurId(choice));
                    result = ours.SystemUpdate(k, v, flags);
                    theirResult = theirs.TryUpdate(key, BitConverter.GetBytes(choices.TheirDescriptor(choice)), flags);
                    return ($"update {key[0]} = choice {choice} flags {flags}", $"{result}", $"{theirResult}");
                case 2:
                    return ($"delete {key[0]}", $"{ours.SystemDelete(k)}", $"{theirs.TryDelete(key)}");
                default:
                    result = ours.SystemLookup(k, v, 0);
                    theirResult = theirs.TryLookup(key, other);
                    string found = result == 0 ? $"choice {choices.FindOurs(BitConverter.ToUInt32(value))}" : $"{result}";
                    string theirFound = theirResult == 0 ? $"choice {choices.FindTheirs(BitConverter.ToUInt32(other))}" : $"{theirResult}";
                    return ($"lookup {key[0]}", found, theirFound);
            }
        }
    }

    /// <summary>What values can refer to, on both sides: some that fit, one that does not, one that is nothing.</summary>
    private sealed class References : IDisposable
    {
        private readonly List<(uint Ours, int Theirs, uint TheirId)> _choices = [];
        private readonly List<IDisposable> _held = [];

        public References(MapType type)
        {
            if (type == MapType.ProgramArray)
                AddPrograms();
            else
                AddMaps();
            _choices.Add((int.MaxValue, int.MaxValue, 0));
        }

        public MapSpec? Template { get; private set; }

        public int Count => _choices.Count;

        public uint OurId(int choice) => _choices[choice].Ours;

        public int TheirDescriptor(int choice) => _choices[choice].Theirs;

        public int FindOurs(uint id) => _choices.FindIndex(choice => choice.Ours == id);

        public int FindTheirs(uint id) => _choices.FindIndex(choice => choice.TheirId == id);

        public void Dispose()
        {
            foreach (IDisposable held in _held)
                held.Dispose();
        }

        private void AddPrograms()
        {
            for (int i = 0; i < 3; i++)
            {
                ProgramSpec spec = KernelProgram.ReturnsDrop($"choice{i}", ProgramType.Xdp);
                LoadedProgram ours = LoadedProgram.LoadPlain([.. spec.Instructions], spec.Name);
                KernelProgram theirs = KernelProgram.Load(spec, []);
                Hold(ours, (uint)ours.Id, theirs, theirs.Descriptor, "prog_id:");
            }
        }

        private void AddMaps()
        {
            Template = Inner(4);
            uint[] sizes = [4, 4, 4, 7];
            foreach (uint entries in sizes)
                AddMap(Inner(entries));
            MapSpec longer = Inner(4);
            longer.ValueSize = 16;
            AddMap(longer);
        }

        private void AddMap(MapSpec spec)
        {
            Map ours = Map.Create(spec, Processors.Possible);
            KernelMap theirs = KernelMap.Create(spec);
            Hold(ours, ours.Id, theirs, theirs.Descriptor, "map_id:");
        }

        private void Hold(IDisposable ours, uint id, IDisposable theirs, Descriptor descriptor, string label)
        {
            _held.Add(ours);
            _held.Add(theirs);
            string line = File.ReadLines($"/proc/self/fdinfo/{descriptor.Value}").First(text => text.StartsWith(label, StringComparison.Ordinal));
            _choices.Add((id, descriptor.Value, uint.Parse(line.AsSpan(label.Length).Trim(), CultureInfo.InvariantCulture)));
        }

        private static MapSpec Inner(uint entries) =>
            new() { Name = "inner", Type = MapType.Array, KeySize = 4, ValueSize = 8, MaxEntries = entries };
    }
}
