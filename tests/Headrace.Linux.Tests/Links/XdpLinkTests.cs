using System.Text.Json;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Links;

/// <summary>XDP programs on a veth of the test's own.</summary>
public sealed class XdpLinkTests : IDisposable
{
    private readonly VethPair _pair;
    private readonly IDisposable _entered;

    public XdpLinkTests()
    {
        RequiresKernel.OrSkip();
        _pair = new VethPair();
        _entered = _pair.EnterNear();
    }

    public void Dispose()
    {
        _entered.Dispose();
        _pair.Dispose();
    }

    private static KernelProgram Returning(XdpAction verdict, string name)
    {
        ProgramSpec spec = KernelProgram.ReturnsDrop(name, ProgramType.Xdp, AttachType.Xdp);
        spec.Instructions = [Instruction.Mov(Register.R0, (int)verdict), Instruction.Exit()];
        return KernelProgram.Load(spec, []);
    }

    private static XdpState State => NetworkDevice.Find(VethPair.Device).Xdp;

    [Theory]
    [InlineData(XdpMode.Auto, AttachMethod.Link, XdpMode.Native)]
    [InlineData(XdpMode.Native, AttachMethod.Link, XdpMode.Native)]
    [InlineData(XdpMode.Generic, AttachMethod.Link, XdpMode.Generic)]
    [InlineData(XdpMode.Auto, AttachMethod.Netlink, XdpMode.Native)]
    [InlineData(XdpMode.Native, AttachMethod.Netlink, XdpMode.Native)]
    [InlineData(XdpMode.Generic, AttachMethod.Netlink, XdpMode.Generic)]
    public void A_program_runs_until_it_is_disposed_of(XdpMode mode, AttachMethod method, XdpMode effective)
    {
        using KernelProgram program = Returning(XdpAction.Pass, "pass");
        using (XdpLink link = program.AttachXdp(VethPair.Device, new XdpAttachOptions { Mode = mode, Method = method }))
        {
            Assert.Equal(effective, link.Mode);
            Assert.Equal(method == AttachMethod.Link, link.Link is not null);
            Assert.Equal(program.Id, State.ProgramOf(effective));
            Assert.Equal(program.Id, State.ProgramId);
            if (link.Link is not null)
                Assert.Equal(new LinkTarget.Xdp((uint)link.Device.Index), link.Link.GetInfo().Target);
        }
        Assert.Equal(XdpAttached.None, State.Attached);
    }

    [Theory]
    [InlineData(AttachMethod.Link)]
    [InlineData(AttachMethod.Netlink)]
    public void Another_program_is_left_alone_and_named(AttachMethod method)
    {
        using KernelProgram first = Returning(XdpAction.Pass, "first");
        using KernelProgram second = Returning(XdpAction.Drop, "second");
        using XdpLink link = first.AttachXdp(VethPair.Device, new XdpAttachOptions { Method = method });
        foreach (AttachMethod other in new[] { AttachMethod.Link, AttachMethod.Netlink })
        {
            KernelException error = Assert.Throws<KernelException>(() => second.AttachXdp(VethPair.Device, new XdpAttachOptions { Method = other }));
            Assert.Contains("'first'", error.Message, StringComparison.Ordinal);
            Assert.Contains(method == AttachMethod.Link ? $"link {link.Link!.Id} holds it" : "attached by netlink", error.Message, StringComparison.Ordinal);
            Assert.Equal(first.Id, State.ProgramId);
        }
    }

    [Theory]
    [InlineData(AttachMethod.Link)]
    [InlineData(AttachMethod.Netlink)]
    public void A_program_is_replaced_by_its_owner_and_by_who_knows_it(AttachMethod method)
    {
        using KernelProgram first = Returning(XdpAction.Pass, "first");
        using KernelProgram second = Returning(XdpAction.Drop, "second");
        using KernelProgram third = Returning(XdpAction.Pass, "third");
        using (XdpLink link = first.AttachXdp(VethPair.Device, new XdpAttachOptions { Method = method }))
        {
            link.Replace(second);
            Assert.Equal(second.Id, State.ProgramId);
            Assert.Throws<KernelException>(() => third.AttachXdp(VethPair.Device, new XdpAttachOptions { Replace = first }));
            Assert.Equal(second.Id, State.ProgramId);
            using XdpLink taken = third.AttachXdp(VethPair.Device, new XdpAttachOptions { Replace = second });
            Assert.Equal(third.Id, State.ProgramId);
            Assert.Throws<KernelException>(() => link.Replace(first)); // it believes the second to be there
            Assert.Equal(third.Id, State.ProgramId);
            if (method == AttachMethod.Netlink)
            {
                link.Dispose(); // expects the second: what is there is somebody else's
                Assert.Equal(third.Id, State.ProgramId);
            }
        }
        Assert.Equal(XdpAttached.None, State.Attached);
    }

    [Fact]
    public void Netlink_detaches_what_netlink_attached_and_not_what_a_link_holds()
    {
        using KernelProgram program = Returning(XdpAction.Pass, "pass");
        Assert.False(XdpLink.Detach(VethPair.Device));
        using (XdpLink left = program.AttachXdp(VethPair.Device, new XdpAttachOptions { Method = AttachMethod.Netlink }))
            left.Leave();
        Assert.Equal(program.Id, State.ProgramId);
        using KernelProgram other = Returning(XdpAction.Drop, "other");
        Assert.Throws<KernelException>(() => XdpLink.Detach(VethPair.Device, XdpMode.Native, other));
        Assert.True(XdpLink.Detach(VethPair.Device, XdpMode.Native, program));
        using XdpLink link = program.AttachXdp(VethPair.Device);
        KernelException error = Assert.Throws<KernelException>(() => XdpLink.Detach(VethPair.Device));
        Assert.Contains("holds it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pinned_link_outlives_its_owner_and_ends_when_unpinned()
    {
        using var mount = new BpfMount();
        uint id;
        using (KernelProgram program = Returning(XdpAction.Pass, "kept"))
        using (XdpLink link = program.AttachXdp(VethPair.Device))
        {
            link.Pin(mount["link"]);
            id = link.Link!.Id;
        }
        Assert.Equal(XdpAttached.Native, State.Attached);
        using (KernelLink again = KernelLink.OpenPinned(mount["link"]))
        {
            Assert.Equal(id, again.Id);
            using KernelProgram other = Returning(XdpAction.Drop, "other");
            again.Update(other);
            Assert.Equal(other.Id, State.ProgramId);
        }
        BpfFileSystem.Unpin(mount["link"]);
        Eventually.Holds(() => State.Attached == XdpAttached.None, "the unpinned link is gone");
    }

    [Fact]
    public void A_link_is_detached_by_force()
    {
        using KernelProgram program = Returning(XdpAction.Pass, "pass");
        using XdpLink link = program.AttachXdp(VethPair.Device);
        using (KernelLink other = KernelLink.Open(link.Link!.Id))
            other.Detach();
        Assert.Equal(XdpAttached.None, State.Attached);
        Assert.Equal(new LinkTarget.Xdp(0), link.Link.GetInfo().Target);
    }

    [Fact]
    public void What_cannot_be_is_said_in_words()
    {
        using KernelProgram program = Returning(XdpAction.Pass, "pass");
        HeadraceException none = Assert.Throws<HeadraceException>(() => program.AttachXdp("nothere"));
        Assert.Contains("'nothere'", none.Message, StringComparison.Ordinal);
        Assert.Throws<HeadraceException>(() => program.AttachXdp("a-name-that-is-longer-than-the-kernel-takes"));
        KernelException hardware = Assert.Throws<KernelException>(() => program.AttachXdp(VethPair.Device, XdpMode.Hardware));
        Assert.Contains("cannot run programs itself", hardware.Message, StringComparison.Ordinal);
        Shell.Run("ip", "-n", _pair.Far, "link", "set", VethPair.Device, "mtu", "9000");
        Shell.Run("ip", "-n", _pair.Near, "link", "set", VethPair.Device, "mtu", "9000");
        KernelException large = Assert.Throws<KernelException>(() => program.AttachXdp(VethPair.Device, XdpMode.Native));
        Assert.Contains("xdp.frags", large.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bpftool_lists_our_program_where_we_say_it_is()
    {
        Shell.Require("bpftool");
        using KernelProgram program = Returning(XdpAction.Pass, "listed");
        using XdpLink link = program.AttachXdp(VethPair.Device, XdpMode.Generic);
        using var json = JsonDocument.Parse(Shell.Run("ip", "netns", "exec", _pair.Near, "bpftool", "-j", "net", "show"));
        JsonElement entry = Assert.Single(json.RootElement[0].GetProperty("xdp").EnumerateArray());
        Assert.Equal((VethPair.Device, "generic", program.Id),
            (entry.GetProperty("devname").GetString(), entry.GetProperty("mode").GetString(), entry.GetProperty("id").GetUInt32()));
    }
}
