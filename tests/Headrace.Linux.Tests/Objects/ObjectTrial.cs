using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux.Tests.Differential;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Objects;

/// <summary>One program of an object, loaded into the kernel and on every engine, each with maps of its own, to be run over the same packets.</summary>
internal sealed unsafe class ObjectTrial : IDisposable
{
    private const int BurstSize = 64;

    private readonly KernelCollection _kernel;
    private readonly List<Collection> _collections = [];
    private readonly List<Subject> _subjects = [];
    private readonly List<PacketBurst> _bursts = [];
    private readonly ProgramType _type;
    private readonly string[] _maps;

    /// <param name="load">Makes the collection, once for every place it is loaded to.</param>
    /// <param name="program">Which program.</param>
    /// <param name="incomparable">Maps that are not compared.</param>
    /// <param name="processor">The processor this thread is pinned to.</param>
    public ObjectTrial(Func<CollectionSpec> load, string program, IEnumerable<string> incomparable, int processor)
    {
        CollectionSpec spec = load();
        _type = spec.Programs[program].Type;
        _maps = [.. spec.Maps.Where(IsComparable).Select(map => map.Name).Except(incomparable)];
        _kernel = KernelCollection.Load(spec);
        _subjects.Add(new KernelSubject(_kernel.Programs[program], _kernel.Maps, NewBurst()));
        var engine = new EngineOptions { Cpus = Processors.Possible };
        var machine = new MachineOptions { Cpu = processor };
        foreach (EngineKind kind in Enum.GetValues<EngineKind>())
        {
            var collection = Collection.Load(load(), engine);
            _collections.Add(collection);
            _subjects.Add(new EngineSubject(collection.Programs[program], kind, collection.Maps, NewBurst(), machine));
        }
    }

    /// <summary>Packets that were run.</summary>
    public int Compared { get; private set; }

    /// <summary>Packets of a length the kernel's test run does not take.</summary>
    public int Untaken { get; private set; }

    /// <summary>How many packets got each verdict.</summary>
    public SortedDictionary<uint, int> Verdicts { get; } = [];

    /// <summary>Runs packets everywhere.</summary>
    /// <returns>What differs, or null.</returns>
    public string? Run(IReadOnlyList<byte[]> packets)
    {
        byte[][] taken = [.. packets.Where(packet => KernelPacketRule.Refuses(_type, packet.Length) is null)];
        Untaken += packets.Count - taken.Length;
        foreach (byte[][] burst in taken.Chunk(BurstSize))
        {
            foreach (Subject subject in _subjects)
                RunBurst(subject, burst);
            foreach (Subject subject in _subjects.Skip(1))
            {
                if (Difference.Find(_subjects[0], subject, []) is { } difference)
                    return $"{difference}\n(counted from packet {Compared} of those that were run)";
            }
            Compared += burst.Length;
            for (int i = 0; i < burst.Length; i++)
                Verdicts[_bursts[0].Frames[i].Verdict] = Verdicts.GetValueOrDefault(_bursts[0].Frames[i].Verdict) + 1;
        }
        return _subjects.Skip(1).Select(subject => Difference.Find(_subjects[0], subject, _maps)).FirstOrDefault(difference => difference is not null);
    }

    public void Dispose()
    {
        _subjects.ForEach(subject => subject.Dispose());
        _collections.ForEach(collection => collection.Dispose());
        _kernel.Dispose();
        _bursts.ForEach(burst => burst.Dispose());
    }

    private PacketBurst NewBurst()
    {
        var burst = new PacketBurst(BurstSize, _type != ProgramType.Xdp);
        _bursts.Add(burst);
        return burst;
    }

    private void RunBurst(Subject subject, byte[][] packets)
    {
        subject.Packets.Clear();
        foreach (byte[] packet in packets)
            subject.Packets.Add(packet);
        subject.Run();
        if (_type != ProgramType.SocketFilter)
            return;
        // A socket filter cannot change its packet, and the kernel's test run hands it out without its Ethernet header.
        for (int i = 0; i < packets.Length; i++)
            subject.Packets.Frames[i].End = subject.Packets.Frames[i].Data;
    }

    // What holds descriptors or ids differs by nature, and what is consumed cannot be listed.
    private static bool IsComparable(MapSpec map) => map.Type is MapType.Array or MapType.PerCpuArray or MapType.Hash or MapType.PerCpuHash
        or MapType.LruHash or MapType.LruPerCpuHash or MapType.LpmTrie;
}
