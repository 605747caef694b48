using Headrace.Bytecode;
using Headrace.Linux.Tests.Differential;
using Headrace.Verifier;

namespace Headrace.Linux.Tests.Verifier;

/// <summary>The tables of contexts against the running kernel: every offset, size and direction, and what a load gives.</summary>
public class ContextTableTests
{
    private static readonly AccessSize[] s_sizes = [AccessSize.Byte, AccessSize.Half, AccessSize.Word, AccessSize.Double];

    private static readonly (RegisterKind Kind, string Name)[] s_names =
    [
        (RegisterKind.Packet, "pkt("), (RegisterKind.PacketEnd, "pkt_end("), (RegisterKind.PacketMeta, "pkt_meta("),
        (RegisterKind.SocketCommon, "sock_common"), (RegisterKind.Socket, "sock"), (RegisterKind.FlowKeys, "flow_keys("),
        (RegisterKind.TracepointBuffer, "tp_buffer("), (RegisterKind.Scalar, "scalar("),
    ];

    [Theory]
    [InlineData(ProgramType.Xdp, AttachType.Xdp)]
    [InlineData(ProgramType.Xdp, AttachType.XdpDevmap)]
    [InlineData(ProgramType.SchedCls, AttachType.CgroupInetIngress)]
    [InlineData(ProgramType.SchedAct, AttachType.CgroupInetIngress)]
    [InlineData(ProgramType.SocketFilter, AttachType.CgroupInetIngress)]
    [InlineData(ProgramType.CgroupSkb, AttachType.CgroupInetIngress)]
    [InlineData(ProgramType.CgroupSkb, AttachType.CgroupInetEgress)]
    [InlineData(ProgramType.LwtIn, AttachType.CgroupInetIngress)]
    [InlineData(ProgramType.LwtOut, AttachType.CgroupInetIngress)]
    [InlineData(ProgramType.LwtXmit, AttachType.CgroupInetIngress)]
    [InlineData(ProgramType.LwtSeg6local, AttachType.CgroupInetIngress)]
    [InlineData(ProgramType.SkSkb, AttachType.SkSkbVerdict)]
    [InlineData(ProgramType.SkMsg, AttachType.SkMsgVerdict)]
    [InlineData(ProgramType.SkReuseport, AttachType.SkReuseportSelect)]
    [InlineData(ProgramType.SkLookup, AttachType.SkLookup)]
    [InlineData(ProgramType.FlowDissector, AttachType.FlowDissector)]
    [InlineData(ProgramType.Kprobe, AttachType.CgroupInetIngress)]
    [InlineData(ProgramType.PerfEvent, AttachType.CgroupInetIngress)]
    [InlineData(ProgramType.Tracepoint, AttachType.CgroupInetIngress)]
    [InlineData(ProgramType.RawTracepoint, AttachType.CgroupInetIngress)]
    [InlineData(ProgramType.RawTracepointWritable, AttachType.CgroupInetIngress)]
    public void Every_access_is_allowed_as_the_kernel_allows_it(ProgramType type, AttachType attachType)
    {
        RequiresKernel.OrSkip();
        var differences = new List<string>();
        // The kernel lets tracepoints read in front of their record; see TracingContexts.
        int first = type == ProgramType.Tracepoint ? 0 : -8;
        for (int offset = first; offset < 208; offset++)
        {
            foreach (AccessSize size in s_sizes)
            {
                CompareLoad(type, attachType, offset, size, differences);
                CompareStore(type, attachType, offset, size, differences);
            }
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Theory]
    [InlineData(8184, true)]
    [InlineData(8185, false)]
    [InlineData(8192, false)]
    public void A_tracepoints_record_ends_at_8192_bytes(int offset, bool allowed)
    {
        RequiresKernel.OrSkip();
        Assert.Equal(allowed, ContextTable.Check(ProgramType.Tracepoint, default, offset, 8, isWrite: false).IsAllowed);
        Assert.Equal(allowed, Load(ProgramType.Tracepoint, default, offset, AccessSize.Double).IsAccepted);
    }

    [Theory]
    [InlineData(RegisterKind.SocketCommon, null)]
    [InlineData(RegisterKind.Socket, HelperId.SkFullsock)]
    [InlineData(RegisterKind.TcpSocket, HelperId.TcpSock)]
    public void Every_load_behind_a_socket_is_allowed_as_the_kernel_allows_it(RegisterKind kind, HelperId? cast)
    {
        RequiresKernel.OrSkip();
        var differences = new List<string>();
        for (int offset = -4; offset < 120; offset++)
        {
            foreach (AccessSize size in s_sizes)
            {
                var code = new List<Instruction> { Code.Load(AccessSize.Double, Register.R1, Register.R1, 168) };
                code.AddRange(ExitIfNull(Register.R1));
                if (cast is { } helper)
                {
                    code.Add(Code.Call(helper));
                    code.AddRange(ExitIfNull(Register.R0));
                    code.Add(Code.Mov(Register.R1, Register.R0));
                }
                code.AddRange([Code.Load(size, Register.R2, Register.R1, offset), Code.Mov(Register.R0, 0L), Code.Exit]);
                var kernel = KernelVerdict.Of(ProgramType.SchedCls, [.. code]);
                bool ours = ContextTable.CheckSocket(kind, offset, Bytes(size)).IsAllowed;
                if (ours != kernel.IsAccepted)
                    differences.Add($"{kind} load of {Bytes(size)} at {offset}: {ours}, kernel: {kernel.IsAccepted} {kernel.Message}");
            }
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static Instruction[] ExitIfNull(Register register) =>
        [Code.Jump(JumpOp.Jne, register, 0, 2), Code.Mov(Register.R0, 0L), Code.Exit];

    private static void CompareLoad(ProgramType type, AttachType attachType, int offset, AccessSize size, List<string> differences)
    {
        KernelVerdict kernel = Load(type, attachType, offset, size);
        ContextFieldAccess ours = ContextTable.Check(type, attachType, offset, Bytes(size), isWrite: false);
        string where = $"{type}/{attachType} load of {Bytes(size)} at {offset}";
        if (ours.IsAllowed != kernel.IsAccepted)
            differences.Add($"{where}: {ours.IsAllowed}, kernel: {kernel.IsAccepted} {kernel.Message}");
        else if (ours.IsAllowed && Given(kernel.Log) is var (kind, mayBeNull) && (kind, mayBeNull) != (ours.Kind, ours.Flags == RegisterFlags.MayBeNull))
            differences.Add($"{where}: {ours.Kind} {ours.Flags}, kernel: {kind} null={mayBeNull}");
        else if (!ours.IsAllowed && kernel.Message != $"invalid bpf_context access off={offset} size={Bytes(size)}")
            differences.Add($"{where}: the kernel says {kernel.Message}");
    }

    private static void CompareStore(ProgramType type, AttachType attachType, int offset, AccessSize size, List<string> differences)
    {
        Instruction[] code = [Code.Mov(Register.R2, 0L), Code.Store(size, Register.R1, offset, Register.R2), Code.Mov(Register.R0, 0L), Code.Exit];
        KernelVerdict kernel = KernelVerdict.Of(type, code, attachType);
        bool ours = ContextTable.Check(type, attachType, offset, Bytes(size), isWrite: true).IsAllowed;
        if (ours != kernel.IsAccepted)
            differences.Add($"{type}/{attachType} store of {Bytes(size)} at {offset}: {ours}, kernel: {kernel.IsAccepted} {kernel.Message}");
    }

    private static KernelVerdict Load(ProgramType type, AttachType attachType, int offset, AccessSize size) =>
        KernelVerdict.Of(type, [Code.Load(size, Register.R0, Register.R1, offset), Code.Mov(Register.R0, 0L), Code.Exit], attachType, logLevel: 2);

    // What the log says R0 is after the load: "0: (61) r0 = *(u32 *)(r1 +0) ; R0=pkt(r=0) R1=ctx()"
    private static (RegisterKind Kind, bool MayBeNull) Given(string log)
    {
        int at = log.IndexOf("R0=", StringComparison.Ordinal);
        string value = log[(at + 3)..log.IndexOf(')', at)];
        foreach ((RegisterKind kind, string name) in s_names)
        {
            if (value.StartsWith(name, StringComparison.Ordinal))
                return (kind, value.Contains("_or_null", StringComparison.Ordinal));
        }
        return (RegisterKind.NotInitialized, false);
    }

    private static int Bytes(AccessSize size) => size switch { AccessSize.Byte => 1, AccessSize.Half => 2, AccessSize.Word => 4, _ => 8 };
}
