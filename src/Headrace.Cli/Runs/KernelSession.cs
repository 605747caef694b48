using Headrace.Bytecode;
using Headrace.Cli.Nouns.Programs;
using Headrace.Engine;
using Headrace.Linux;
using Headrace.Objects;
using Headrace.Ports;

namespace Headrace.Cli.Runs;

/// <summary>An object loaded into this machine's kernel, its program run by the kernel's test run.</summary>
internal sealed unsafe class KernelSession : ISession, IReplayEngine
{
    private readonly CollectionSpec _spec;
    private readonly KernelCollection _collection;
    private readonly KernelEngine _engine;

    public KernelSession(CollectionSpec spec, string program)
    {
        if (!Kernel.IsAvailable(out string reason))
            throw new HeadraceException($"engine 'kernel': {reason}");
        _spec = spec;
        // A chain of tail calls needs its other programs; else what was not asked for is not loaded.
        bool needsAll = spec.Maps.Any(map => map.Type == MapType.ProgramArray);
        _collection = AdvisedLoad.Load(spec, new KernelLoadOptions { Programs = needsAll ? null : [program] });
        _engine = new KernelEngine(_collection.Programs[program]);
    }

    public IReplayEngine Engine => this;

    public double Run(PacketBurst burst)
    {
        long before = _engine.ProgramNanoseconds;
        _engine.Run(burst.Frames, burst.Count);
        return _engine.ProgramNanoseconds - before;
    }

    public IReadOnlyList<MapDump> DumpMaps() => [.. _spec.Maps.Select(spec => MapDump.Of(spec, Elements(_collection.Maps[spec.Name]), Processors.Possible))];

    public void Dispose()
    {
        _engine.Dispose();
        _collection.Dispose();
    }

    private static IEnumerable<KeyValuePair<byte[], byte[]>> Elements(KernelMap map) =>
        map.KeySize == 0 || map.Type is MapType.XskMap or MapType.PerfEventArray ? [] : map.Elements();
}
