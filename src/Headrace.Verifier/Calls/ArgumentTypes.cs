using static Headrace.Verifier.RegisterFlags;
using static Headrace.Verifier.RegisterKind;

namespace Headrace.Verifier;

/// <summary>Which registers each kind of argument takes, in the order the kernel's log lists them.</summary>
internal static class ArgumentTypes
{
    private static readonly RegisterState[] s_memory =
    [
        Of(Stack), Of(Packet), Of(PacketMeta), Of(MapKey), Of(MapValue), Of(Memory), Of(Memory, RingBuffer), Of(RegisterKind.Buffer), Of(BtfObject, Trusted),
    ];

    private static readonly RegisterState[] s_scalar = [Of(Scalar)];
    private static readonly RegisterState[] s_context = [Of(Context)];
    private static readonly RegisterState[] s_map = [Of(Map)];
    private static readonly RegisterState[] s_mapValue = [Of(MapValue)];
    private static readonly RegisterState[] s_mapValueOrObject = [Of(MapValue), Of(BtfObject, Allocated)];
    private static readonly RegisterState[] s_commonSockets = [Of(SocketCommon), Of(Socket), Of(TcpSocket), Of(XdpSocket)];
    private static readonly RegisterState[] s_sockets = [.. s_commonSockets, Of(BtfObject), Of(BtfObject, Trusted)];
    private static readonly RegisterState[] s_fullSocket = [Of(Socket)];
    private static readonly RegisterState[] s_object = [Of(BtfObject), Of(BtfObject, Trusted), Of(BtfObject, Rcu)];
    private static readonly RegisterState[] s_perCpu = [Of(BtfObject, PerCpu), Of(BtfObject, PerCpu | Rcu), Of(BtfObject, PerCpu | Trusted)];
    private static readonly RegisterState[] s_record = [Of(Memory, RingBuffer)];
    private static readonly RegisterState[] s_function = [Of(Function)];
    private static readonly RegisterState[] s_stack = [Of(Stack)];
    private static readonly RegisterState[] s_dynptr = [Of(Stack), Of(Dynptr)];

    /// <summary>The registers an argument takes; only kinds and flags count.</summary>
    public static ReadOnlySpan<RegisterState> Of(ArgumentKind kind) => kind switch
    {
        ArgumentKind.MapKey or ArgumentKind.MapValue or ArgumentKind.Memory => s_memory,
        ArgumentKind.Size or ArgumentKind.SizeOrZero or ArgumentKind.AllocationSize => s_scalar,
        ArgumentKind.Context => s_context,
        ArgumentKind.Map => s_map,
        ArgumentKind.Timer or ArgumentKind.ConstantString => s_mapValue,
        ArgumentKind.SpinLock or ArgumentKind.PointerSlot => s_mapValueOrObject,
        ArgumentKind.SocketCommon => s_commonSockets,
        ArgumentKind.Socket => s_fullSocket,
        ArgumentKind.AnySocket => s_sockets,
        ArgumentKind.KernelObject => s_object,
        ArgumentKind.PerCpuObject => s_perCpu,
        ArgumentKind.RingMemory => s_record,
        ArgumentKind.Function => s_function,
        ArgumentKind.Stack => s_stack,
        ArgumentKind.Dynptr => s_dynptr,
        _ => [],
    };

    private static RegisterState Of(RegisterKind kind, RegisterFlags flags = None) => RegisterState.Pointer(kind, flags);
}
