namespace Headrace.Engine;

/// <summary>Helpers over pointers with bounds that are known only at run time.</summary>
internal static unsafe class DynptrHelpers
{
    public static ulong DynptrFromMem<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        uint size = (uint)r2;
        var dynptr = (Dynptr*)TAccess.Write(machine, r4, (ulong)sizeof(Dynptr));
        byte* data = TAccess.Write(machine, r1, size);
        if (size > Dynptr.MaxSize || r3 != 0)
        {
            dynptr->Clear();
            return Result.Error(size > Dynptr.MaxSize ? Errno.E2BIG : Errno.EINVAL);
        }
        dynptr->Set(data, size, DynptrKind.Local);
        return 0;
    }

    public static ulong DynptrRead<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        uint length = (uint)r2, offset = (uint)r4;
        byte* target = TAccess.Write(machine, r1, length);
        Dynptr* source = TAccess.Dynptr(machine, r3);
        if (source->Data == null || r5 != 0)
            return Result.Error(Errno.EINVAL);
        int error = source->CheckRange(offset, length);
        if (error == 0)
            Buffer.MemoryCopy(source->Start + offset, target, length, length);
        return (ulong)(long)error;
    }

    public static ulong DynptrWrite<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        uint offset = (uint)r2, length = (uint)r4;
        Dynptr* target = TAccess.Dynptr(machine, r1);
        byte* source = TAccess.Read(machine, r3, length);
        if (target->Data == null || target->IsReadOnly)
            return Result.Error(Errno.EINVAL);
        int error = target->CheckRange(offset, length);
        if (error != 0)
            return (ulong)(long)error;
        if (r5 != 0)
            return Result.Error(Errno.EINVAL);
        byte* start = TAccess.Write(machine, (ulong)(target->Start + offset), length);
        Buffer.MemoryCopy(source, start, length, length);
        return 0;
    }

    public static ulong DynptrData<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        Dynptr* dynptr = TAccess.Dynptr(machine, r1);
        if (dynptr->Data == null || dynptr->IsReadOnly || dynptr->CheckRange((uint)r2, (uint)r3) != 0)
            return 0;
        return (ulong)(dynptr->Start + (uint)r2);
    }
}
