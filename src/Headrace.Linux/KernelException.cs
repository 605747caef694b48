using Headrace.Bytecode;
using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>The kernel refused a call: which call, on what, the error's name and meaning, the kernel's log, and what to do about it.</summary>
public sealed class KernelException : HeadraceException
{
    internal KernelException(string call, string subject, int errno, string log = "", string? advice = null, KernelRejection? rejection = null)
        : base(Compose(call, subject, errno, log, advice ?? KernelAdvice.For(call, errno), rejection))
    {
        Call = call;
        Subject = subject;
        Errno = errno;
        Log = log;
        Rejection = rejection;
    }

    /// <summary>The system call or bpf(2) command, such as <c>BPF_PROG_LOAD</c>.</summary>
    public string Call { get; }

    /// <summary>What it was about, such as <c>program 'firewall'</c>.</summary>
    public string Subject { get; }

    /// <summary>The error number (errno(3)), positive.</summary>
    public int Errno { get; }

    /// <summary>The error's symbol, such as <c>EPERM</c>.</summary>
    public string ErrnoName => ErrorNumber.Name(Errno);

    /// <summary>The kernel's log (the verifier's or the BTF checker's), whole; empty when the call writes none.</summary>
    public string Log { get; }

    /// <summary>Where the verifier stopped; null for other calls, and where the log does not tell.</summary>
    public KernelRejection? Rejection { get; }

    /// <summary>The last line of <see cref="Log"/> that is no statistics: why the kernel refused; empty without a log.</summary>
    public string ErrorLine => KernelLog.ErrorLine(Log);

    private static string Compose(string call, string subject, int errno, string log, string advice, KernelRejection? rejection)
    {
        string message = $"{subject}: {call} failed: {ErrorNumber.Name(errno)}, {ErrorNumber.Meaning(errno)}";
        if (rejection is not null)
            message += $"; the kernel stopped at {rejection}";
        string lines = KernelLog.Tail(log);
        if (lines.Length > 0)
            message += Environment.NewLine + lines;
        if (advice.Length > 0)
            message += Environment.NewLine + "  " + advice;
        return message;
    }
}
