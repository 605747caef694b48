namespace Headrace.Engine;

/// <summary>Whose memory a dynptr points into (<c>enum bpf_dynptr_type</c>, include/linux/bpf.h).</summary>
internal enum DynptrKind
{
    /// <summary>None: not set.</summary>
    Invalid,
    /// <summary>The program's own memory.</summary>
    Local,
    /// <summary>A ring-buffer record that is reserved.</summary>
    RingBuffer,
}
