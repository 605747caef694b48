using System.Globalization;
using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Helpers;

/// <summary>A small program that calls helpers, run in the kernel and on the interpreter: both must answer the same.</summary>
/// <remarks>
/// The text may name two maps: <c>out</c>, an array whose one value takes results, and <c>text</c>, a read-only section of constants.
/// </remarks>
internal sealed class HelperTrial : IDisposable
{
    private const int OutSize = 4096;

    private readonly KernelCollection _kernel;
    private readonly Collection _engine;
    private readonly MachineOptions? _options;
    private readonly bool _isSocketBuffer;

    public HelperTrial(string text, ProgramType type = ProgramType.Xdp, byte[]? constants = null, MachineOptions? options = null,
        params MapSpec[] maps)
    {
        RequiresKernel.OrSkip();
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
        _kernel = KernelCollection.Load(spec);
        _engine = Collection.Load(spec);
        _options = options;
        _isSocketBuffer = type != ProgramType.Xdp;
    }

    /// <summary>An XDP object with a program <c>trial</c> and a map <c>out</c>: for callbacks, which the kernel takes only with types.</summary>
    public HelperTrial(CollectionSpec spec)
    {
        RequiresKernel.OrSkip();
        _kernel = KernelCollection.Load(spec);
        _engine = Collection.Load(spec);
    }

    /// <summary>Runs one packet on both and compares return value, packet and results.</summary>
    /// <returns>The results.</returns>
    public byte[] Agree(byte[] packet, string about = "")
    {
        TestRunResult expected = _kernel.Programs["trial"].TestRun(packet);
        byte[] expectedOut = _kernel.Maps["out"].Elements().Single().Value;

        using var burst = new PacketBurst(1, _isSocketBuffer);
        burst.Add(packet);
        using Executor executor = _engine.Programs["trial"].CreateExecutor(EngineKind.Interpreter, _options);
        uint verdict;
        byte[] actual;
        unsafe
        {
            executor.Run(burst.Frames, 1);
            Frame* frame = burst.Frames;
            verdict = frame->Verdict;
            // A test run gives the metadata back in front of the packet.
            byte* start = _isSocketBuffer ? frame->Data : frame->Meta;
            actual = new ReadOnlySpan<byte>(start, (int)(frame->End - start)).ToArray();
        }
        byte[] actualOut = _engine.Maps["out"].Entries().Single().Value;

        string place = $"packet {Convert.ToHexString(packet.AsSpan(0, Math.Min(32, packet.Length)))} {about}";
        Assert.True(expectedOut.AsSpan().SequenceEqual(actualOut), $"{place}: results differ {FirstDifference(expectedOut, actualOut)}");
        Assert.True(expected.ReturnValue == verdict,
            string.Create(CultureInfo.InvariantCulture, $"{place}: the kernel returns {(int)expected.ReturnValue}, the engine {(int)verdict}"));
        Assert.True(expected.Packet.AsSpan().SequenceEqual(actual),
            $"{place}: packets differ: {Convert.ToHexString(expected.Packet)} in the kernel, {Convert.ToHexString(actual)} here");
        return actualOut;
    }

    public void Dispose()
    {
        _kernel.Dispose();
        _engine.Dispose();
    }

    private static string FirstDifference(byte[] expected, byte[] actual)
    {
        int at = expected.AsSpan().CommonPrefixLength(actual) & ~7;
        int length = Math.Min(64, expected.Length - at);
        return at >= expected.Length ? "" : string.Create(CultureInfo.InvariantCulture,
            $"from {at}: {Convert.ToHexString(expected, at, length)} in the kernel, {Convert.ToHexString(actual, at, length)} here");
    }
}
