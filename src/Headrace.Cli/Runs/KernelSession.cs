using Headrace.Objects;
using Headrace.Ports;

namespace Headrace.Cli.Runs;

/// <summary>An object loaded into this machine's kernel, its program run by the kernel's test run.</summary>
internal sealed class KernelSession : ISession
{
    public KernelSession(CollectionSpec spec, string program) => throw new UsageException("engine 'kernel' is not wired up");

    public IReplayEngine Engine => throw new UsageException("");

    public IReadOnlyList<MapDump> DumpMaps() => [];

    public void Dispose() { }
}
