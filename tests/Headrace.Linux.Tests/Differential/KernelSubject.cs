using Headrace.Engine;

namespace Headrace.Linux.Tests.Differential;

/// <summary>A program in the kernel.</summary>
internal sealed unsafe class KernelSubject(KernelProgram program, IReadOnlyDictionary<string, KernelMap> maps, PacketBurst packets) : Subject("kernel")
{
    private readonly KernelEngine _engine = new(program);

    public override PacketBurst Packets => packets;

    public override void Run() => _engine.Run(packets.Frames, packets.Count);

    public override IEnumerable<KeyValuePair<byte[], byte[]>> Elements(string map) => maps[map].Elements();

    public override void Dispose() => _engine.Dispose();
}
