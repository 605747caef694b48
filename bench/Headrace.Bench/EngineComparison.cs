using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Objects;

namespace Headrace.Bench;

/// <summary>Measures programs on every side in turn, so that a busy moment of the machine does not fall on one side only; medians count.</summary>
/// <param name="native">The programs as clang compiles them; null without clang.</param>
/// <param name="hasKernel">Whether the kernel is measured.</param>
/// <param name="isQuick">One round, hardly warm: only to see that everything works.</param>
internal sealed unsafe class EngineComparison(NativeCode? native, bool hasKernel, bool isQuick = false) : IDisposable
{
    private static readonly TimeSpan s_warming = TimeSpan.FromMilliseconds(250);

    private readonly int _rounds = isQuick ? 1 : 15;
    private readonly TimeSpan _warming = isQuick ? TimeSpan.Zero : s_warming;

    // Below this, what is left after taking off the empty program is mostly noise.
    private const double LeastNet = 0.5;

    private readonly Dictionary<bool, (EngineTimer Ours, KernelTimer? Kernel)> _empty = [];

    private NativeTimer? _emptyNative;

    /// <summary>Measures one program.</summary>
    /// <exception cref="HeadraceException">The sides do not agree, or the program does not do its work.</exception>
    public EngineFigures Measure(EngineProgram program)
    {
        (EngineTimer emptyOurs, KernelTimer? emptyKernel) = Empty(program);
        CollectionSpec spec = program.LoadSpec();
        using var ours = new EngineTimer(spec, program.Program, program.Packet, EngineKind.Jit, _warming, program.Ring, program.MostRuns);
        using KernelTimer? kernel = hasKernel ? new KernelTimer(spec, program.Program, program.Packet, program.Ring, program.MostRuns) : null;
        using NativeTimer? clang = program.HasNative ? native?.Timer(program.Program, program.Packet) : null;
        if (clang is not null)
            _emptyNative ??= native!.Timer("drop", program.Packet);
        List<double> nets = [], kernels = [], natives = [];
        for (int round = 0; round < _rounds; round++)
        {
            nets.Add(ours.Measure() - emptyOurs.Measure());
            if (kernel is not null)
                kernels.Add(kernel.Measure() - emptyKernel!.Measure());
            if (clang is not null)
                natives.Add(clang.Measure() - _emptyNative!.Measure());
        }
        Check(program, spec, ours, kernel, clang);
        return new EngineFigures(Net(nets)!.Value, Net(kernels), Net(natives));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((EngineTimer ours, KernelTimer? kernel) in _empty.Values)
        {
            ours.Dispose();
            kernel?.Dispose();
        }
        _emptyNative?.Dispose();
    }

    private (EngineTimer Ours, KernelTimer? Kernel) Empty(EngineProgram program)
    {
        if (_empty.TryGetValue(program.Restores, out (EngineTimer Ours, KernelTimer? Kernel) known))
            return known;
        CollectionSpec spec = PacketRestorer.Empty(program.Restores ? program.Packet : null);
        known = (new EngineTimer(spec, "empty", program.Packet, EngineKind.Jit, _warming), hasKernel ? new KernelTimer(spec, "empty", program.Packet) : null);
        return _empty[program.Restores] = known;
    }

    // Figures of sides that disagree, or of a program that gives up early, mean nothing.
    private static void Check(EngineProgram program, CollectionSpec spec, EngineTimer ours, KernelTimer? kernel, NativeTimer? clang)
    {
        (uint verdict, byte[] packet) = Interpret(program, spec);
        List<(string Side, uint Verdict, byte[]? Packet)> sides = [("jit", ours.Verdict, ours.First)];
        if (kernel is not null)
            sides.Add(("kernel", kernel.Verdict, kernel.First));
        if (clang is not null)
            sides.Add(("native code", clang.Verdict, null));
        foreach ((string side, uint answer, byte[]? left) in sides)
        {
            if (answer != verdict)
                throw new HeadraceException($"{program.Program}: the interpreter says {(XdpAction)verdict}, the {side} {(XdpAction)answer}");
            if (left?.AsSpan().SequenceEqual(packet) == false)
                throw new HeadraceException($"{program.Program}: the {side} leaves another packet than the interpreter");
        }
        if (program.Verdict is { } expected && verdict != (uint)expected)
            throw new HeadraceException($"{program.Program}: {expected} is expected of its packet, the answer is {(XdpAction)verdict}");
        if (program.Restores && packet.AsSpan().SequenceEqual(program.Packet))
            throw new HeadraceException($"{program.Program}: it is expected to change its packet, which comes out as it went in");
    }

    private static (uint Verdict, byte[] Packet) Interpret(EngineProgram program, CollectionSpec spec)
    {
        using var collection = Collection.Load(spec, new EngineOptions { Programs = [program.Program] });
        using Executor executor = collection.Programs[program.Program].CreateExecutor(EngineKind.Interpreter);
        using var packets = new PacketBurst(1);
        packets.Add(program.Packet);
        executor.Run(packets.Frames, packets.Count);
        byte[] first = packets[0].ToArray();
        // What depends on the packets before shows from the second on.
        executor.Run(packets.Frames, packets.Count);
        return (packets.Frames->Verdict, first);
    }

    private static double? Net(List<double> rounds)
    {
        if (rounds.Count == 0)
            return null;
        rounds.Sort();
        return Math.Max(LeastNet, rounds[rounds.Count / 2]);
    }
}
