namespace Headrace.Engine;

/// <summary>Helpers that compute and patch Internet checksums.</summary>
internal static unsafe class ChecksumHelpers
{
    private const ulong FieldSizeMask = 0xf; // BPF_F_HDR_FIELD_MASK
    private const ulong PseudoHeader = 1 << 4; // BPF_F_PSEUDO_HDR
    private const ulong MarkMangledZero = 1 << 5; // BPF_F_MARK_MANGLED_0
    private const ulong MarkEnforce = 1 << 6; // BPF_F_MARK_ENFORCE
    private const ulong Ipv6 = 1 << 7; // BPF_F_IPV6
    private const ushort MangledZero = 0xffff; // CSUM_MANGLED_0: a UDP checksum of 0 would mean "none"
    private const int LargestOffset = 0xffff;

    // Levels of bpf_csum_level.
    private const ulong QueryLevel = 0;
    private const ulong LastLevelOperation = 3;

    public static ulong CsumDiff<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        uint fromSize = (uint)r2, toSize = (uint)r4, seed = (uint)r5;
        byte* from = TAccess.Read(machine, r1, fromSize);
        byte* to = TAccess.Read(machine, r3, toSize);
        uint sum = seed;
        if (fromSize != 0 && toSize != 0)
            sum = InternetChecksum.Subtract(InternetChecksum.Partial(to, (int)toSize, seed), InternetChecksum.Partial(from, (int)fromSize, 0));
        else if (toSize != 0)
            sum = InternetChecksum.Partial(to, (int)toSize, seed);
        else if (fromSize != 0)
            sum = ~InternetChecksum.Partial(from, (int)fromSize, ~seed);
        return InternetChecksum.To16(sum);
    }

    public static ulong L3CsumReplace<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        if ((r5 & ~FieldSizeMask) != 0)
            return Result.Error(Errno.EINVAL);
        ushort* field = FieldAt(frame, (uint)r2);
        if (field == null)
            return Result.Error(Errno.EFAULT);
        switch (r5 & FieldSizeMask)
        {
            case 0 when r3 == 0:
                *field = InternetChecksum.ReplaceByDifference(*field, (uint)r4);
                return 0;
            case 2:
                *field = InternetChecksum.Replace16(*field, (ushort)r3, (ushort)r4);
                return 0;
            case 4:
                *field = InternetChecksum.Replace(*field, (uint)r3, (uint)r4);
                return 0;
            default:
                return Result.Error(Errno.EINVAL);
        }
    }

    public static ulong L4CsumReplace<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Frame* frame = TAccess.Context(machine, r1);
        if ((r5 & ~(FieldSizeMask | PseudoHeader | MarkMangledZero | MarkEnforce | Ipv6)) != 0)
            return Result.Error(Errno.EINVAL);
        ushort* field = FieldAt(frame, (uint)r2);
        if (field == null)
            return Result.Error(Errno.EFAULT);
        bool isUdp = (r5 & MarkMangledZero) != 0;
        if (isUdp && (r5 & MarkEnforce) == 0 && *field == 0)
            return 0;
        switch (r5 & FieldSizeMask)
        {
            case 0 when r3 == 0:
                *field = InternetChecksum.ReplaceByDifference(*field, (uint)r4);
                break;
            case 2:
                *field = InternetChecksum.Replace(*field, (ushort)r3, (ushort)r4);
                break;
            case 4:
                *field = InternetChecksum.Replace(*field, (uint)r3, (uint)r4);
                break;
            default:
                return Result.Error(Errno.EINVAL);
        }
        if (isUdp && *field == 0)
            *field = MangledZero;
        return 0;
    }

    /// <summary>Packets here carry no sum of the whole packet (<c>CHECKSUM_COMPLETE</c>) that could be updated.</summary>
    public static ulong CsumUpdate<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        TAccess.Context(machine, r1);
        return Result.Error(Errno.ENOTSUPP);
    }

    /// <summary>Packets here were not checked by hardware, so there is no level to change and none to tell.</summary>
    public static ulong CsumLevel<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        TAccess.Context(machine, r1);
        return r2 == QueryLevel ? Result.Error(Errno.EACCES) : r2 <= LastLevelOperation ? 0 : Result.Error(Errno.EINVAL);
    }

    private static ushort* FieldAt(Frame* frame, uint offset) =>
        offset <= LargestOffset && (offset & 1) == 0 && offset + sizeof(ushort) <= (uint)frame->Length ? (ushort*)(frame->Data + offset) : null;
}
