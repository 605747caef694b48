using Headrace.Linux.Sys;

namespace Headrace.Linux;

/// <summary>What a person can do about an error of bpf(2) and its neighbours.</summary>
internal static class KernelAdvice
{
    /// <summary>Words for an error of a call; empty when there is nothing to say that the error's name does not.</summary>
    public static string For(string call, int errno) => errno switch
    {
        ErrorNumber.EPERM or ErrorNumber.EACCES when Capabilities.MissingFor(call) is { Length: > 0 } missing =>
            $"This process lacks {missing}: run it as root, or give the executable the capabilities (setcap {missing.ToLowerInvariant().Replace(" and ", ",", StringComparison.Ordinal)}+ep FILE).",
        ErrorNumber.EPERM or ErrorNumber.EINVAL when call == "BPF_OBJ_PIN" =>
            "The path must lie in a bpf file system: mount one with 'mount -t bpf bpf /sys/fs/bpf' and pin below it.",
        ErrorNumber.ENOENT when call == "BPF_OBJ_PIN" => "The folder does not exist: make it first (inside a bpf file system).",
        ErrorNumber.EEXIST when call == "BPF_OBJ_PIN" => "Something is pinned there already: remove it, or pin elsewhere.",
        ErrorNumber.EPERM when call == "BPF_MAP_CREATE" =>
            "The capabilities are there: either locked memory is limited (ulimit -l, kernels before 5.11) or the system forbids it (kernel lockdown, seccomp, a security module).",
        ErrorNumber.EPERM when call is "BPF_MAP_UPDATE_ELEM" or "BPF_MAP_DELETE_ELEM" =>
            "The map is frozen, or was made or opened for reading only.",
        ErrorNumber.EPERM => "The capabilities are there: the system forbids it (kernel lockdown, seccomp, a security module), or the object is frozen.",
        ErrorNumber.ENOSYS => "The kernel is built without CONFIG_BPF_SYSCALL, or a sandbox hides bpf(2).",
        ErrorNumber.EMFILE => "Raise the limit of open files (ulimit -n), or dispose of maps and programs that are no longer used.",
        ErrorNumber.ENOMEM => "The maps are larger than the memory this process may take: lower max_entries, or raise the limit of its cgroup.",
        ErrorNumber.EINVAL when call == "BPF_MAP_CREATE" =>
            "The kernel does not know this map type or flag, or it refuses these sizes: check key size, value size, max entries and flags against the type.",
        ErrorNumber.E2BIG when call == "BPF_PROG_LOAD" =>
            "The program is too large or too branchy for the verifier (one million instructions looked at): split it by tail calls or simplify its loops.",
        _ => "",
    };
}
