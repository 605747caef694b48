namespace Headrace.Engine;

/// <summary><c>bpf_loop</c>.</summary>
internal static class LoopHelpers
{
    public static ulong Loop<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        uint count = (uint)r1;
        if (r4 != 0)
            return Result.Error(Errno.EINVAL);
        if (count > Machine.MaxLoops)
            return Result.Error(Errno.E2BIG);
        for (uint i = 0; i < count; i++)
        {
            if (machine.CallFunction(r2, i, r3) != 0)
                return i + 1ul;
        }
        return count;
    }
}
