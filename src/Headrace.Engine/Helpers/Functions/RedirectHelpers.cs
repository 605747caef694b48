using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>Helpers that send the packet elsewhere. They write down where in the frame; a port does it when the verdict says so.</summary>
internal static unsafe class RedirectHelpers
{
    private const ulong TcRedirect = 7; // TC_ACT_REDIRECT
    private const ulong TcDrop = 2; // TC_ACT_SHOT
    private const ulong ActionMask = (ulong)(XdpAction.Aborted | XdpAction.Drop | XdpAction.Pass | XdpAction.Tx);
    private const ulong Ingress = 1; // BPF_F_INGRESS
    private const ulong Broadcast = 1 << 3; // BPF_F_BROADCAST
    private const ulong ExcludeIngress = 1 << 4; // BPF_F_EXCLUDE_INGRESS
    private const uint Neighbour = 1u << 16; // BPF_F_NEIGH, how the kernel remembers bpf_redirect_neigh
    private const uint Peer = 1u << 17; // BPF_F_PEER, how the kernel remembers bpf_redirect_peer

    public static ulong Redirect<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = machine.RequireFrame();
        if (frame->Skb == null)
        {
            if (r2 != 0)
                return (ulong)XdpAction.Aborted;
            SetTarget(frame, (uint)r1, 0);
            return (ulong)XdpAction.Redirect;
        }
        if ((r2 & ~Ingress) != 0)
            return TcDrop;
        SetTarget(frame, (uint)r1, (uint)r2);
        return TcRedirect;
    }

    public static ulong RedirectPeer<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        if (r2 != 0)
            return TcDrop;
        SetTarget(machine.RequireFrame(), (uint)r1, Peer);
        return TcRedirect;
    }

    /// <remarks>Whoever sends the packet fills in its link addresses from the route table.</remarks>
    public static ulong RedirectNeigh<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        const uint ParametersSize = 20; // sizeof(struct bpf_redir_neigh)
        TAccess.Read(machine, r2, (uint)r3);
        if (((uint)r3 != 0 && (uint)r3 < ParametersSize) || r4 != 0)
            return TcDrop;
        SetTarget(machine.RequireFrame(), (uint)r1, Neighbour);
        return TcRedirect;
    }

    public static ulong RedirectMap<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Map map = TAccess.Map(machine, r1, MapTypes.Redirects);
        Frame* frame = machine.RequireFrame();
        ulong extra = MapTypes.Holds(MapTypes.DevMaps, map.Type) ? Broadcast | ExcludeIngress : 0;
        if ((r3 & ~(ActionMask | extra)) != 0)
            return (ulong)XdpAction.Aborted;

        uint key = (uint)r2;
        byte* value = map.Lookup((byte*)&key, machine.State->Cpu);
        if (value == null && (r3 & Broadcast) == 0)
        {
            SetTarget(frame, 0, 0);
            return r3 & ActionMask;
        }
        // Queues and processors are known by their index in the map, devices by the interface index that is the value.
        bool isDevice = extra != 0 && value != null;
        frame->RedirectTarget = isDevice ? *(uint*)value : key;
        frame->RedirectKey = key;
        frame->RedirectFlags = (uint)(r3 & ~ActionMask);
        frame->RedirectMap = map.Handle;
        return (ulong)XdpAction.Redirect;
    }

    public static ulong CloneRedirect<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        if ((r3 & ~Ingress) != 0 || machine.Options.CloneSink is null)
            return Result.Error(Errno.EINVAL);
        machine.Options.CloneSink(new ReadOnlySpan<byte>(frame->Data, frame->Length), (uint)r2, r3 != 0);
        return 0;
    }

    private static void SetTarget(Frame* frame, uint target, uint flags)
    {
        frame->RedirectTarget = target;
        frame->RedirectFlags = flags;
        frame->RedirectMap = 0;
    }
}
