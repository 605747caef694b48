using Headrace.Bytecode;

namespace Headrace.Engine;

public abstract unsafe partial class Map
{
    // The face of bpf(2): the checks the system call makes before it asks the map, then the map. Results are 0 or -errno.

    private const ulong LockFlag = (ulong)MapUpdateFlags.Lock;

    /// <summary>Bytes of a value as user code passes it: for per-CPU maps every CPU's, each rounded up to 8 bytes.</summary>
    public virtual int UserValueSize => ValueSize;

    /// <summary><c>BPF_MAP_LOOKUP_ELEM</c>.</summary>
    internal int SystemLookup(byte* key, byte* value, ulong flags)
    {
        if ((flags & ~LockFlag) != 0)
            return -Errno.EINVAL;
        if (!UserMayRead)
            return -Errno.EPERM;
        return LacksLock(flags) ? -Errno.EINVAL : CopyOut(key, value, flags);
    }

    /// <summary><c>BPF_MAP_UPDATE_ELEM</c>.</summary>
    internal int SystemUpdate(byte* key, byte* value, ulong flags)
    {
        if (!UserMayWrite)
            return -Errno.EPERM;
        return LacksLock(flags) ? -Errno.EINVAL : CopyIn(key, value, flags);
    }

    /// <summary><c>BPF_MAP_DELETE_ELEM</c>.</summary>
    internal int SystemDelete(byte* key) => UserMayWrite ? Delete(key) : -Errno.EPERM;

    /// <summary><c>BPF_MAP_GET_NEXT_KEY</c>.</summary>
    internal int SystemNextKey(byte* key, byte* next) => UserMayRead ? NextKey(key, next) : -Errno.EPERM;

    /// <summary><c>BPF_MAP_LOOKUP_AND_DELETE_ELEM</c>.</summary>
    internal int SystemLookupAndDelete(byte* key, byte* value, ulong flags)
    {
        if ((flags & ~LockFlag) != 0)
            return -Errno.EINVAL;
        if (!UserMayRead || !UserMayWrite)
            return -Errno.EPERM;
        if (flags != 0 && Type is MapType.Queue or MapType.Stack)
            return -Errno.EINVAL;
        return LacksLock(flags) ? -Errno.EINVAL : TakeOut(key, value, flags);
    }

    /// <summary><c>BPF_MAP_FREEZE</c>.</summary>
    internal int SystemFreeze()
    {
        if (Layout.HasSpecialFields)
            return -Errno.ENOTSUPP;
        if (!UserMayWrite)
            return -Errno.EPERM;
        IsFrozen = true;
        return 0;
    }

    /// <summary>Copies a value (<see cref="UserValueSize"/> bytes) to user code.</summary>
    private protected virtual int CopyOut(byte* key, byte* value, ulong flags)
    {
        byte* found = Lookup(key, 0);
        if (found == null)
            return -Errno.ENOENT;
        if ((flags & LockFlag) != 0)
            Layout.ReadLocked(value, found);
        else
            Layout.Read(value, found);
        return 0;
    }

    /// <summary>Takes a value (<see cref="UserValueSize"/> bytes) from user code.</summary>
    private protected virtual int CopyIn(byte* key, byte* value, ulong flags) => Update(key, value, flags, 0);

    /// <summary>Copies a value to user code and removes its element.</summary>
    private protected virtual int TakeOut(byte* key, byte* value, ulong flags) => -Errno.ENOTSUPP;

    private bool UserMayRead => (Flags & MapFlags.WriteOnly) == 0;

    private bool UserMayWrite => (Flags & MapFlags.ReadOnly) == 0 && !IsFrozen;

    private bool LacksLock(ulong flags) => (flags & LockFlag) != 0 && Layout.SpinLockOffset < 0;
}
