namespace Headrace.Linux.Sys;

/// <summary>Error numbers of Linux that bpf(2) answers, with name and meaning (errno(3); the numbers are those of x86-64 and arm64).</summary>
internal static class ErrorNumber
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EINTR = 4;
    public const int E2BIG = 7;
    public const int EBADF = 9;
    public const int EAGAIN = 11;
    public const int ENOMEM = 12;
    public const int EACCES = 13;
    public const int EFAULT = 14;
    public const int EBUSY = 16;
    public const int EEXIST = 17;
    public const int EINVAL = 22;
    public const int EMFILE = 24;
    public const int ENOSPC = 28;
    public const int ENODEV = 19;
    public const int ERANGE = 34;
    public const int ENOSYS = 38;
    public const int EPROTO = 71;
    public const int EOPNOTSUPP = 95;
    public const int ENOTSUPP = 524;

    private static readonly Dictionary<int, (string Name, string Meaning)> s_known = new()
    {
        [EPERM] = ("EPERM", "operation not permitted"),
        [ENOENT] = ("ENOENT", "no such element or object"),
        [3] = ("ESRCH", "no such process"),
        [EINTR] = ("EINTR", "interrupted by a signal"),
        [5] = ("EIO", "input/output error"),
        [6] = ("ENXIO", "no such device or address"),
        [E2BIG] = ("E2BIG", "too large: the map is full, or an argument is too big"),
        [EBADF] = ("EBADF", "bad file descriptor"),
        [EAGAIN] = ("EAGAIN", "try again"),
        [ENOMEM] = ("ENOMEM", "out of memory"),
        [EACCES] = ("EACCES", "permission denied"),
        [EFAULT] = ("EFAULT", "bad address"),
        [EBUSY] = ("EBUSY", "in use"),
        [EEXIST] = ("EEXIST", "exists already"),
        [ENODEV] = ("ENODEV", "no such device"),
        [EINVAL] = ("EINVAL", "invalid argument"),
        [23] = ("ENFILE", "too many open files in the system"),
        [EMFILE] = ("EMFILE", "too many open files"),
        [ENOSPC] = ("ENOSPC", "no space left"),
        [33] = ("EDOM", "argument out of domain"),
        [ERANGE] = ("ERANGE", "result out of range"),
        [35] = ("EDEADLK", "would deadlock"),
        [36] = ("ENAMETOOLONG", "name too long"),
        [ENOSYS] = ("ENOSYS", "not in this kernel"),
        [40] = ("ELOOP", "too many levels"),
        [EPROTO] = ("EPROTO", "protocol error"),
        [75] = ("EOVERFLOW", "value too large"),
        [90] = ("EMSGSIZE", "message too long"),
        [EOPNOTSUPP] = ("EOPNOTSUPP", "operation not supported"),
        [105] = ("ENOBUFS", "no buffer space"),
        [110] = ("ETIMEDOUT", "timed out"),
        [ENOTSUPP] = ("ENOTSUPP", "not supported by this kind of object"),
    };

    /// <summary>The symbol, such as <c>EINVAL</c>; the number in words when unknown.</summary>
    public static string Name(int number) => s_known.TryGetValue(number, out (string Name, string Meaning) known) ? known.Name : $"errno {number}";

    /// <summary>What it means, in words.</summary>
    public static string Meaning(int number) =>
        s_known.TryGetValue(number, out (string Name, string Meaning) known) ? known.Meaning : "an error this program has no words for";
}
