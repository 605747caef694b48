using Headrace.Ports;

namespace Headrace.Cli.Runs;

/// <summary>A loaded object, in user space or in the kernel, ready to replay packets.</summary>
internal interface ISession : IDisposable
{
    /// <summary>What packets go through.</summary>
    IReplayEngine Engine { get; }

    /// <summary>What the maps hold now.</summary>
    IReadOnlyList<MapDump> DumpMaps();
}
