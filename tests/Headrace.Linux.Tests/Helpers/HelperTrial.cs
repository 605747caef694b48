using System.Globalization;
using Headrace.Bytecode;
using Headrace.Dataflow;
using Headrace.Engine;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Helpers;

/// <summary>A small program that calls helpers, run in the kernel and on every engine: all must answer the same.</summary>
/// <remarks>
/// The text may name two maps: <c>out</c>, an array whose one value takes results, and <c>text</c>, a read-only section of constants.
/// </remarks>
internal sealed class HelperTrial : IDisposable
{
    private const int OutSize = 4096;

    private readonly KernelCollection _kernel;
    private readonly List<(string Name, Collection Collection, Executor Executor)> _engines = [];
    private readonly bool _isSocketBuffer;

    public HelperTrial(string text, ProgramType type = ProgramType.Xdp, byte[]? constants = null, MachineOptions? options = null,
        params MapSpec[] maps) : this(Spec(text, type, constants, maps), options)
    {
    }

    /// <summary>An object with a program <c>trial</c> and a map <c>out</c>.</summary>
    /// <param name="spec">The object.</param>
    /// <param name="options">What the engines' machines tell.</param>
    /// <param name="without">The graph runs once more without these passes.</param>
    public HelperTrial(CollectionSpec spec, MachineOptions? options = null, PassOptions? without = null)
    {
        RequiresKernel.OrSkip();
        _kernel = KernelCollection.Load(spec);
        _isSocketBuffer = spec.Programs["trial"].Type != ProgramType.Xdp;
        foreach (EngineKind kind in Enum.GetValues<EngineKind>())
            Add(kind.ToString(), program => program.CreateExecutor(kind, options));
        if (without is null)
            return;
        string names = $"without {string.Join(", ", without.Disabled)}";
        Add($"Jit {names}", program => new JitExecutor(program, program.BuildGraph(without), options));
        Add($"Dataflow {names}", program => new DataflowExecutor(program, program.BuildGraph(without), options));

        void Add(string name, Func<LoadedProgram, Executor> create)
        {
            Collection collection = Collection.Load(spec);
            _engines.Add((name, collection, create(collection.Programs["trial"])));
        }
    }

    /// <summary>The object of a text.</summary>
    public static CollectionSpec Spec(string text, ProgramType type = ProgramType.Xdp, byte[]? constants = null, params MapSpec[] maps)
    {
        var spec = new CollectionSpec { Source = "helper trial", License = "GPL" };
        spec.Maps.Add(new MapSpec { Name = "out", Type = MapType.Array, KeySize = 4, ValueSize = OutSize, MaxEntries = 1 });
        byte[] data = constants ?? new byte[8];
        spec.Maps.Add(new MapSpec
        {
            Name = "text",
            Type = MapType.Array,
            KeySize = 4,
            ValueSize = (uint)data.Length,
            MaxEntries = 1,
            Flags = MapFlags.ReadOnlyProgram,
            Data = data,
            Freeze = true,
        });
        foreach (MapSpec map in maps)
            spec.Maps.Add(map);
        List<string> names = ["out", "text", .. maps.Select(map => map.Name)];
        spec.Programs.Add(new ProgramSpec
        {
            Name = "trial",
            Type = type,
            License = "GPL",
            Instructions = Assembler.Assemble(text, name => names.IndexOf(name) is var index and >= 0 ? index : null),
        });
        return spec;
    }

    /// <summary>Runs one packet on all and compares return value, packet and results.</summary>
    /// <returns>The results.</returns>
    public byte[] Agree(byte[] packet, string about = "")
    {
        TestRunResult expected = _kernel.Programs["trial"].TestRun(packet);
        byte[] results = _kernel.Maps["out"].Elements().Single().Value;
        foreach ((string name, Collection collection, Executor executor) in _engines)
        {
            string place = $"packet {Convert.ToHexString(packet.AsSpan(0, Math.Min(32, packet.Length)))} {about}, {name}";
            Agree(expected, executor, packet, place);
            byte[] actual = collection.Maps["out"].Entries().Single().Value;
            Assert.True(results.AsSpan().SequenceEqual(actual), $"{place}: results differ {FirstDifference(results, actual)}");
        }
        return results;
    }

    private unsafe void Agree(TestRunResult expected, Executor executor, byte[] packet, string place)
    {
        using var burst = new PacketBurst(1, _isSocketBuffer);
        burst.Add(packet);
        executor.Run(burst.Frames, 1);
        Frame* frame = burst.Frames;
        // A test run gives the metadata back in front of the packet.
        byte* start = _isSocketBuffer ? frame->Data : frame->Meta;
        byte[] actual = new ReadOnlySpan<byte>(start, (int)(frame->End - start)).ToArray();
        Assert.True(expected.ReturnValue == frame->Verdict,
            string.Create(CultureInfo.InvariantCulture, $"{place}: the kernel returns {(int)expected.ReturnValue}, the engine {(int)frame->Verdict}"));
        Assert.True(expected.Packet.AsSpan().SequenceEqual(actual),
            $"{place}: packets differ: {Convert.ToHexString(expected.Packet)} in the kernel, {Convert.ToHexString(actual)} here");
    }

    public void Dispose()
    {
        _kernel.Dispose();
        foreach ((_, Collection collection, Executor executor) in _engines)
        {
            executor.Dispose();
            collection.Dispose();
        }
    }

    private static string FirstDifference(byte[] expected, byte[] actual)
    {
        int at = expected.AsSpan().CommonPrefixLength(actual) & ~7;
        int length = Math.Min(64, expected.Length - at);
        return at >= expected.Length ? "" : string.Create(CultureInfo.InvariantCulture,
            $"from {at}: {Convert.ToHexString(expected, at, length)} in the kernel, {Convert.ToHexString(actual, at, length)} here");
    }
}
