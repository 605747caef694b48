using Headrace.Bytecode;
using Headrace.Objects;
using Headrace.Testing;

namespace Headrace.Linux.Tests.Loading;

/// <summary>What loading does beyond making maps and programs: the kernel's functions, pins, reuse, globals, devices, words.</summary>
public class LoadingTests
{
    public LoadingTests() => RequiresKernel.OrSkip();

    private static CollectionSpec Spec() => CollectionSpec.Load(Path.Combine(Repository.Root, "tests", "Headrace.Linux.Tests", "Loading", "kernel.bpf.o"));

    private static byte[] Packet(byte high) => [.. new byte[12], high, .. new byte[51]];

    [Fact]
    public void Functions_of_the_kernel_are_called()
    {
        using KernelCollection collection = KernelCollection.Load(Spec());
        Assert.Equal((uint)XdpAction.Pass, collection.Programs["slice"].TestRun(Packet(8)).ReturnValue);
        Assert.Equal((uint)XdpAction.Drop, collection.Programs["slice"].TestRun(Packet(9)).ReturnValue);
    }

    [Fact]
    public void A_function_this_kernel_lacks_may_stand_behind_a_guard_only()
    {
        using KernelCollection collection = KernelCollection.Load(Spec());
        Assert.Equal((uint)XdpAction.Pass, collection.Programs["guarded"].TestRun(Packet(8)).ReturnValue);
        KernelException error = Assert.Throws<KernelException>(() => KernelCollection.Load(Spec(), new KernelLoadOptions { Programs = ["unguarded"] }));
        Assert.Contains("'headrace_nobody_has_this'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_program_says_where_in_its_source()
    {
        KernelException error = Assert.Throws<KernelException>(() => KernelCollection.Load(Spec(), new KernelLoadOptions { Programs = ["greedy"] }));
        Assert.NotNull(error.Rejection?.Line);
        Assert.Contains("return *(__u8 *)(long)ctx->data", error.Rejection.Line.Text, StringComparison.Ordinal);
        Assert.Contains("kernel.bpf.c:", error.Message, StringComparison.Ordinal);
        Assert.Contains("invalid access to packet", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_are_read_and_written_while_programs_run()
    {
        CollectionSpec spec = Spec();
        spec.Variables["limit"].Set(41);
        using KernelCollection collection = KernelCollection.Load(spec);
        KernelProgram program = collection.Programs["slice"];
        program.TestRun(Packet(8), repeat: 5);
        Assert.Equal(5ul, collection.Variables["runs"].Get<ulong>());
        Assert.Equal(41u, collection.Variables["last"].Get<uint>());
        collection.Variables["runs"].Set(1000ul);
        program.TestRun(Packet(8));
        Assert.Equal(1001ul, collection.Variables["runs"].Get<ulong>());
        Assert.Equal(41, collection.Variables["limit"].Get<int>());
        Assert.Throws<HeadraceException>(() => collection.Variables["limit"].Set(1));
        Assert.Throws<HeadraceException>(() => collection.Variables["runs"].Get<int>());
        Assert.Throws<KeyNotFoundException>(() => collection.Variables["nobody"]);
        Assert.Equal(spec.Variables.Count, collection.Variables.Count());
    }

    [Fact]
    public void A_map_pinned_by_name_is_shared_by_those_who_load()
    {
        using var mount = new BpfMount();
        var options = new KernelLoadOptions { PinPath = mount["maps"], Programs = ["guarded"] };
        byte[] one = [1, 0, 0, 0];
        uint id;
        using (KernelCollection first = KernelCollection.Load(Spec(), options))
        {
            id = first.Maps["kept"].Id;
            Assert.Equal([mount["maps/kept"]], Directory.GetFiles(mount["maps"]));
            first.Maps["kept"].Update(one, new byte[8]);
        }
        using (KernelCollection second = KernelCollection.Load(Spec(), options))
        {
            Assert.Equal(id, second.Maps["kept"].Id);
            Assert.Equal((uint)XdpAction.Tx, second.Programs["guarded"].TestRun(Packet(8)).ReturnValue);
        }
        CollectionSpec other = Spec();
        other.Maps["kept"].MaxEntries = 17;
        HeadraceException error = Assert.Throws<HeadraceException>(() => KernelCollection.Load(other, options));
        Assert.Contains("max entries 16 instead of 17", error.Message, StringComparison.Ordinal);
        Assert.Contains(mount["maps/kept"], error.Message, StringComparison.Ordinal);
        BpfFileSystem.Unpin(mount["maps/kept"]);
    }

    [Fact]
    public void A_load_that_fails_leaves_no_pin()
    {
        using var mount = new BpfMount();
        var options = new KernelLoadOptions { PinPath = mount["maps"], Programs = ["greedy"] };
        Assert.Throws<KernelException>(() => KernelCollection.Load(Spec(), options));
        Assert.False(Directory.Exists(mount["maps"]));
    }

    [Fact]
    public void Maps_given_are_used_and_stay_the_callers()
    {
        using KernelMap mine = KernelMap.Create(Spec().Maps["kept"]);
        mine.Update([1, 0, 0, 0], new byte[8]);
        var options = new KernelLoadOptions { Programs = ["guarded"], Maps = new Dictionary<string, KernelMap> { ["kept"] = mine } };
        using (KernelCollection collection = KernelCollection.Load(Spec(), options))
            Assert.Equal((uint)XdpAction.Tx, collection.Programs["guarded"].TestRun(Packet(8)).ReturnValue);
        Assert.True(mine.Lookup([1, 0, 0, 0], new byte[8]));
        using KernelMap wrong = KernelMap.Create(new MapSpec { Name = "wrong", Type = MapType.Array, KeySize = 4, ValueSize = 4, MaxEntries = 1 });
        options = options with { Maps = new Dictionary<string, KernelMap> { ["kept"] = wrong } };
        HeadraceException error = Assert.Throws<HeadraceException>(() => KernelCollection.Load(Spec(), options));
        Assert.Contains("type Array instead of Hash", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_bound_to_a_device_asks_it_for_metadata_and_runs_nowhere_else()
    {
        using var pair = new VethPair();
        using IDisposable near = pair.EnterNear();
        CollectionSpec spec = Spec();
        spec.Programs["hash"].Flags |= ProgramFlags.XdpDeviceBoundOnly;
        using KernelCollection collection = KernelCollection.Load(spec, new KernelLoadOptions { Programs = ["hash"], Device = VethPair.Device });
        using XdpLink link = collection.Programs["hash"].AttachXdp(VethPair.Device, XdpMode.Native);
        Assert.Equal(XdpAttached.Native, NetworkDevice.Find(VethPair.Device).Xdp.Attached);
        Assert.Throws<KernelException>(() => collection.Programs["hash"].AttachXdp("lo", XdpMode.Generic));
    }

    [Fact]
    public void A_device_that_takes_no_programs_says_so_in_words()
    {
        using var pair = new VethPair();
        using IDisposable near = pair.EnterNear();
        KernelException error = Assert.Throws<KernelException>(() =>
            KernelCollection.Load(Spec(), new KernelLoadOptions { Programs = ["slice"], Device = VethPair.Device }));
        Assert.Matches("takes no programs|does not know this map type", error.Message);
        Assert.Throws<HeadraceException>(() => KernelCollection.Load(Spec(), new KernelLoadOptions { Device = "nothere" }));
    }

    [Fact]
    public void The_metadata_function_is_refused_to_programs_without_a_device()
    {
        KernelException error = Assert.Throws<KernelException>(() => KernelCollection.Load(Spec(), new KernelLoadOptions { Programs = ["hash"] }));
        Assert.Contains("metadata kfuncs require device-bound program", error.Log, StringComparison.Ordinal);
    }
}
