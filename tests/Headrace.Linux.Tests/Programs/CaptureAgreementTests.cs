using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Objects;
using Headrace.Ports;
using Headrace.Testing;

namespace Headrace.Linux.Tests;

/// <summary>Every committed program over every real capture and over generated traffic, with the map contents that lie beside it: all engines agree packet by packet.</summary>
public class CaptureAgreementTests
{
    private const string Traffic = "gen:packets=4000,flows=300,ipv6=20,vlan=10,qinq=5,options=10,attack=synflood:10/udpflood:5/dnsamp:2,seed=3";

    public static TheoryData<string, string> Programs => new(
        from path in Repository.ProgramObjects
        from program in CollectionSpec.Load(path).Programs
        select (Path.GetFileName(path)[..^".bpf.o".Length], program.Name));

    [Theory, MemberData(nameof(Programs))]
    public void Engines_agree_with_the_kernel_on_generated_traffic(string name, string program)
    {
        RequiresKernel.OrSkip();
        Compare(name, program, [Traffic]);
    }

    [Theory, MemberData(nameof(Programs))]
    public void Engines_agree_with_the_kernel_on_every_capture(string name, string program)
    {
        RequiresKernel.OrSkip();
        Compare(name, program, SharedData.Captures());
    }

    /// <summary>Plays the sources one after the other through the same loaded programs: what their maps have learned stays.</summary>
    private static void Compare(string name, string program, IEnumerable<string> sources)
    {
        using var engines = new Engines(Load(name), program);
        using PacketBurst kernel = engines.MakeBurst(), interpreter = engines.MakeBurst(), jit = engines.MakeBurst();
        foreach (string source in sources)
        {
            using var packets = PacketSource.Open(source);
            while (packets.TryRead(out var packet))
            {
                if (KernelPacketRule.Refuses(engines.Type, packet.Data.Length) is not null)
                    continue;
                Put(kernel, packet.Data);
                Put(interpreter, packet.Data);
                Put(jit, packet.Data);
                engines.Run(kernel, interpreter, jit);
                if (Same(kernel, interpreter) && Same(kernel, jit))
                    continue;
                Assert.Fail($"{name}/{program}, {source}, packet {packets.PacketsRead - 1}\n  in          {Convert.ToHexString(packet.Data)}"
                    + $"\n  kernel      {Describe(kernel)}\n  interpreter {Describe(interpreter)}\n  jit         {Describe(jit)}");
            }
        }
    }

    private static CollectionSpec Load(string name)
    {
        var spec = ProgramMaps.LoadFilled(name);
        // The one program whose verdicts depend on when it runs: with a burst this large they do not.
        if (name == "ratelimit")
            spec.Variables["burst"].Set(1_000_000UL);
        return spec;
    }

    private static void Put(PacketBurst burst, ReadOnlySpan<byte> packet)
    {
        burst.Clear();
        burst.Add(packet);
    }

    private static unsafe bool Same(PacketBurst one, PacketBurst other) => one.Frames->Verdict == other.Frames->Verdict && one[0].SequenceEqual(other[0]);

    private static unsafe string Describe(PacketBurst burst) => $"{burst.Frames->Verdict} {Convert.ToHexString(burst[0])}";

    /// <summary>The same program loaded three times, each with maps of its own.</summary>
    private sealed class Engines : IDisposable
    {
        private readonly KernelCollection _kernel;
        private readonly Collection _interpreter;
        private readonly Collection _jit;
        private readonly KernelEngine _kernelEngine;
        private readonly Executor _interpreterEngine;
        private readonly Executor _jitEngine;

        public Engines(CollectionSpec spec, string program)
        {
            Type = spec.Programs[program].Type;
            _kernel = KernelCollection.Load(spec);
            _interpreter = Collection.Load(spec);
            _jit = Collection.Load(spec);
            _kernelEngine = new KernelEngine(_kernel.Programs[program]);
            _interpreterEngine = _interpreter.Programs[program].CreateExecutor(EngineKind.Interpreter);
            _jitEngine = _jit.Programs[program].CreateExecutor(EngineKind.Jit);
        }

        public ProgramType Type { get; }

        public PacketBurst MakeBurst() => new(1, Type != ProgramType.Xdp);

        public unsafe void Run(PacketBurst kernel, PacketBurst interpreter, PacketBurst jit)
        {
            _kernelEngine.Run(kernel.Frames, 1);
            _interpreterEngine.Run(interpreter.Frames, 1);
            _jitEngine.Run(jit.Frames, 1);
        }

        public void Dispose()
        {
            _kernelEngine.Dispose();
            _interpreterEngine.Dispose();
            _jitEngine.Dispose();
            _kernel.Dispose();
            _interpreter.Dispose();
            _jit.Dispose();
        }
    }
}
