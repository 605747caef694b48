using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Linux.Tests.Links;

/// <summary>tc programs on a veth of the test's own.</summary>
public sealed class TcLinkTests : IDisposable
{
    private const int Continue = -1, Drop = 2; // TCX_NEXT, TC_ACT_SHOT

    private readonly VethPair _pair;
    private readonly IDisposable _entered;

    public TcLinkTests()
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

    private static KernelProgram Returning(int verdict, string name)
    {
        ProgramSpec spec = KernelProgram.ReturnsDrop(name, ProgramType.SchedCls);
        spec.Instructions = [Instruction.Mov(Register.R0, verdict), Instruction.Exit()];
        return KernelProgram.Load(spec, []);
    }

    // A machine under load may answer late: what passes does so in one of three tries, what is dropped in none.
    private bool Pings() => Enumerable.Range(0, 3).Any(_ => _pair.FromFar("ping", "-c", "1", "-W", "1", VethPair.NearAddress).Code == 0);

    [Theory]
    [InlineData(AttachMethod.Link, TcDirection.Ingress)]
    [InlineData(AttachMethod.Link, TcDirection.Egress)]
    [InlineData(AttachMethod.Netlink, TcDirection.Ingress)]
    [InlineData(AttachMethod.Netlink, TcDirection.Egress)]
    public void A_program_decides_until_it_is_disposed_of(AttachMethod method, TcDirection direction)
    {
        Shell.Require("ping");
        using KernelProgram drop = Returning(Drop, "drop");
        using KernelProgram pass = Returning(0, "pass");
        Assert.True(Pings());
        using (TcLink link = drop.AttachTc(VethPair.Device, direction, new TcAttachOptions { Method = method }))
        {
            Assert.False(Pings());
            TcAttachment attached = Assert.Single(TcLink.Query(VethPair.Device, direction));
            Assert.Equal((drop.Id, direction, method == AttachMethod.Netlink, link.Link?.Id ?? 0),
                (attached.ProgramId, attached.Direction, attached.IsFilter, attached.LinkId));
            Assert.Empty(TcLink.Query(VethPair.Device, direction == TcDirection.Ingress ? TcDirection.Egress : TcDirection.Ingress));
            link.Replace(pass);
            Assert.Equal(pass.Id, Assert.Single(TcLink.Query(VethPair.Device, direction)).ProgramId);
            Assert.True(Pings());
        }
        Assert.Empty(TcLink.Query(VethPair.Device, direction));
    }

    [Fact]
    public void Links_run_in_the_order_asked_for()
    {
        using KernelProgram first = Returning(Continue, "first"), second = Returning(Continue, "second"), before = Returning(Continue, "before");
        using TcLink one = first.AttachTc(VethPair.Device, TcDirection.Ingress);
        using TcLink two = second.AttachTc(VethPair.Device, TcDirection.Ingress);
        using TcLink three = before.AttachTc(VethPair.Device, TcDirection.Ingress, new TcAttachOptions { Before = two });
        Assert.Equal([first.Id, before.Id, second.Id], TcLink.Query(VethPair.Device, TcDirection.Ingress).Select(attached => attached.ProgramId));
    }

    [Fact]
    public void Filters_of_others_stay()
    {
        using KernelProgram ours = Returning(0, "ours"), theirs = Returning(0, "theirs");
        var filter = new TcAttachOptions { Method = AttachMethod.Netlink };
        using (TcLink left = theirs.AttachTc(VethPair.Device, TcDirection.Ingress, filter))
            left.Leave();
        ours.AttachTc(VethPair.Device, TcDirection.Ingress, filter).Dispose();
        TcAttachment stays = Assert.Single(TcLink.Query(VethPair.Device, TcDirection.Ingress));
        Assert.Equal((theirs.Id, "theirs"), (stays.ProgramId, stays.Name));
        TcLink.Detach(VethPair.Device, stays);
        Assert.Empty(TcLink.Query(VethPair.Device, TcDirection.Ingress));
    }

    [Fact]
    public void A_filters_program_is_not_removed_under_another_owner()
    {
        using KernelProgram ours = Returning(0, "ours"), theirs = Returning(0, "theirs");
        TcLink link = ours.AttachTc(VethPair.Device, TcDirection.Ingress, new TcAttachOptions { Method = AttachMethod.Netlink, Priority = 7 });
        Assert.Equal(7, link.Filter!.Priority);
        Shell.Require("tc");
        using var mount = new BpfMount();
        theirs.Pin(mount["theirs"]);
        Shell.Run("tc", "-n", _pair.Near, "filter", "replace", "dev", VethPair.Device, "ingress", "prio", "7", "handle", "1", "bpf", "da", "object-pinned", mount["theirs"]);
        link.Dispose();
        Assert.Equal(theirs.Id, Assert.Single(TcLink.Query(VethPair.Device, TcDirection.Ingress)).ProgramId);
    }
}
