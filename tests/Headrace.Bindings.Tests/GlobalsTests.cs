using Headrace.Bytecode;
using Headrace.Engine;
using Headrace.Linux;

namespace Headrace.Bindings.Tests;

/// <summary>Global variables: set in the spec, seen by the program, read and changed while it is loaded, in both places.</summary>
public unsafe class GlobalsTests
{
    [Fact]
    public void Variables_work_in_user_space()
    {
        using Globals.UserSpace globals = Globals.LoadUserSpace(Prepared());
        using Executor executor = globals.Programs.Globals.CreateExecutor(EngineKind.Interpreter);
        Check(globals, burst => executor.Run(burst.Frames, burst.Count));
    }

    [Fact]
    public void Variables_work_in_the_kernel()
    {
        RequireKernel();
        using Globals.Linux globals = Globals.LoadLinux(Prepared());
        using var engine = new KernelEngine(globals.Programs.Globals);
        Check(globals, burst => engine.Run(burst.Frames, burst.Count));
    }

    [Fact]
    public void Constants_have_no_setter_once_loaded()
    {
        Type variables = typeof(Globals.BoundVariables);
        Assert.Null(variables.GetProperty("Smallest")!.SetMethod);
        Assert.NotNull(variables.GetProperty("DropEvery")!.SetMethod);
        using Globals.UserSpace globals = Globals.LoadUserSpace();
        HeadraceException error = Assert.Throws<HeadraceException>(() => globals.Variables.Verdicts[0] = 1);
        Assert.Contains("set its variables in the spec", error.Message);
    }

    [Fact]
    public void What_is_disposed_of_is_not_read_any_more()
    {
        Globals.UserSpace globals = Globals.LoadUserSpace();
        globals.Dispose();
        Assert.Throws<ObjectDisposedException>(() => globals.Variables.Packets);
        Assert.Throws<ObjectDisposedException>(() => globals.Variables.Sizes[0] = 1);
    }

    [Fact]
    public void An_array_has_bounds()
    {
        using Globals.UserSpace globals = Globals.LoadUserSpace();
        Assert.Equal(16, globals.Variables.Sizes.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => globals.Variables.Sizes[16]);
        Assert.Throws<ArgumentOutOfRangeException>(() => globals.Variables.Sizes[-1] = 1);
    }

    private static Globals.Spec Prepared()
    {
        Globals.Spec spec = Globals.Open();
        Assert.Equal(14u, spec.Variables.Smallest);
        Assert.Equal([(uint)XdpAction.Pass, (uint)XdpAction.Pass], spec.Variables.Verdicts.ToArray());
        spec.Variables.Smallest = 60;
        spec.Variables.Verdicts[1] = (uint)XdpAction.Tx;
        spec.Variables.Packets = 1000;
        return spec;
    }

    private static void Check(Globals globals, Action<PacketBurst> run)
    {
        using var burst = new PacketBurst(8);
        // 40 is too short; the odd ones are sent back.
        foreach (int length in (int[])[64, 65, 40, 128, 129])
            burst.Add(Packet(length));
        run(burst);
        Assert.Equal([XdpAction.Pass, XdpAction.Tx, XdpAction.Drop, XdpAction.Pass, XdpAction.Tx], Enumerable.Range(0, 5).Select(i => (XdpAction)burst.Frames[i].Verdict));
        Globals.BoundVariables variables = globals.Variables;
        Assert.Equal(1005ul, variables.Packets);
        Assert.Equal(64ul + 65 + 40 + 128 + 129, variables.Bytes);
        Assert.Equal(1ul, variables.Dropped);
        Assert.Equal(60u, variables.Smallest);
        Assert.Equal((uint)XdpAction.Tx, variables.Verdicts[1]);
        ulong[] sizes = variables.Sizes.ToArray();
        Assert.Equal((1ul, 2ul, 2ul), (sizes[5], sizes[6], sizes[7]));
        Assert.Equal(129u, variables.LastLength);

        variables.DropEvery = 1;
        variables.Dropped = 0;
        variables.Sizes[6] = 100;
        burst.Reset();
        run(burst);
        Assert.All(Enumerable.Range(0, 5), i => Assert.Equal(XdpAction.Drop, (XdpAction)burst.Frames[i].Verdict));
        Assert.Equal(5ul, variables.Dropped);
        Assert.Equal(102ul, variables.Sizes[6]);
    }

    internal static byte[] Packet(int length)
    {
        byte[] packet = new byte[length];
        packet[12] = 0x08;
        return packet;
    }

    internal static void RequireKernel() => Assert.SkipUnless(Kernel.IsAvailable(out string reason), reason);
}
