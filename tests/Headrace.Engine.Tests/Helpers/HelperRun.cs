using System.Buffers.Binary;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Engine.Tests.Helpers;

/// <summary>A small program with maps, run on the interpreter. The map <c>out</c> is an array whose one value takes results.</summary>
internal sealed unsafe class HelperRun : IDisposable
{
    private readonly Collection _collection;

    public HelperRun(string text, MachineOptions? options = null, params MapSpec[] maps)
    {
        var spec = new CollectionSpec { Source = "helper run", License = "GPL" };
        spec.Maps.Add(new MapSpec { Name = "out", Type = MapType.Array, KeySize = 4, ValueSize = 256, MaxEntries = 1 });
        foreach (MapSpec map in maps)
            spec.Maps.Add(map);
        List<string> names = ["out", .. maps.Select(map => map.Name)];
        spec.Programs.Add(new ProgramSpec
        {
            Name = "test",
            Type = ProgramType.Xdp,
            License = "GPL",
            Instructions = Assembler.Assemble(text, name => names.IndexOf(name) is var index and >= 0 ? index : null),
        });
        _collection = TestProgram.Load(spec);
        Executor = _collection.Programs["test"].CreateExecutor(EngineKind.Interpreter, options);
    }

    public Executor Executor { get; }

    public IReadOnlyDictionary<string, Map> Maps => _collection.Maps;

    /// <summary>Runs the program over one packet; the verdict.</summary>
    public uint Run(byte[]? packet = null) => Run(packet ?? new byte[64], out _);

    /// <summary>Runs the program over one packet and gives the frame as it was left; its pointers are dead.</summary>
    public uint Run(byte[] packet, out Frame frame)
    {
        using var burst = new PacketBurst(1);
        burst.Add(packet);
        Executor.Run(burst.Frames, 1);
        frame = *burst.Frames;
        return frame.Verdict;
    }

    /// <summary>The 64-bit result at an index.</summary>
    public long Result(int index) => BinaryPrimitives.ReadInt64LittleEndian(Maps["out"].Lookup([0, 0, 0, 0]).AsSpan(index * 8));

    public void Dispose()
    {
        Executor.Dispose();
        _collection.Dispose();
    }
}
