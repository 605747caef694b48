namespace Headrace.Engine;

/// <summary>Helpers that ask <see cref="MachineOptions.Routes"/>.</summary>
internal static unsafe class RouteHelpers
{
    private const int EthernetHeader = 14;
    private const ulong CheckSegments = 1; // BPF_MTU_CHK_SEGS
    private const ulong FragmentationNeeded = 1; // BPF_MTU_CHK_RET_FRAG_NEEDED
    private const ulong SegmentsTooBig = 2; // BPF_MTU_CHK_RET_SEGS_TOOBIG

    public static ulong FibLookup<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        int size = (int)r3;
        if (size < sizeof(FibLookupParameters) || (r4 & ~(ulong)FibLookupFlags.All) != 0)
            return Result.Error(Errno.EINVAL);
        var parameters = (FibLookupParameters*)TAccess.Write(machine, r2, (uint)size);

        bool isXdp = frame->Skb == null;
        bool checkMtu = isXdp || parameters->TotalLength != 0;
        int result = Engine.FibLookup.Run(machine.Options.Routes, parameters, (FibLookupFlags)r4, checkMtu);
        if (result == (int)FibLookupResult.Success && !checkMtu
            && machine.Options.Routes.FindInterface(parameters->Interface) is { } to)
        {
            // Without a length given, the whole packet decides.
            if (frame->Length > to.Mtu + EthernetHeader)
                result = (int)FibLookupResult.FragmentationNeeded;
            parameters->TotalLength = (ushort)to.Mtu;
        }
        return (ulong)(long)result;
    }

    public static ulong CheckMtu<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        uint* mtu = (uint*)TAccess.Write(machine, r3, sizeof(uint));
        bool isXdp = frame->Skb == null;
        int difference = (int)r4;
        if (isXdp ? r5 != 0 : (r5 & ~CheckSegments) != 0 || (r5 != 0 && (difference != 0 || *mtu != 0)))
            return Result.Error(Errno.EINVAL);

        uint index = (uint)r2 == 0 ? frame->IngressIfindex : (uint)r2;
        if (machine.Options.Routes.FindInterface(index) is not { } link)
            return Result.Error(Errno.ENODEV);
        int length = (*mtu != 0 ? (int)*mtu + EthernetHeader : frame->Length) + difference;
        *mtu = link.Mtu;
        if (length <= (int)link.Mtu + EthernetHeader)
            return 0;
        if (isXdp || frame->Skb->GsoSize == 0)
            return FragmentationNeeded;
        return r5 != 0 && frame->Skb->GsoSize + EthernetHeader > link.Mtu ? SegmentsTooBig : 0;
    }
}
