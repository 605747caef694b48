using Headrace.Engine;

namespace Headrace.Linux.Tests.Differential;

/// <summary>A program on an engine of ours.</summary>
internal sealed unsafe class EngineSubject(string name, Executor executor, IReadOnlyDictionary<string, Map> maps, PacketBurst packets) : Subject(name)
{
    private readonly Executor _executor = executor;

    public EngineSubject(LoadedProgram program, EngineKind kind, IReadOnlyDictionary<string, Map> maps, PacketBurst packets, MachineOptions? options = null)
        : this(kind.ToString().ToLowerInvariant(), program.CreateExecutor(kind, options), maps, packets)
    {
    }

    public override PacketBurst Packets => packets;

    public override void Run()
    {
        try
        {
            _executor.Run(packets.Frames, packets.Count);
        }
        catch (ProgramFaultException fault)
        {
            Fault = fault.Message;
        }
    }

    public override IEnumerable<KeyValuePair<byte[], byte[]>> Elements(string map) => maps[map].Entries();

    public override void Dispose() => _executor.Dispose();
}
