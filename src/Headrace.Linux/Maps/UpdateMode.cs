namespace Headrace.Linux;

/// <summary>Whether an updated element must be new.</summary>
public enum UpdateMode
{
    /// <summary>Either (<c>BPF_ANY</c>).</summary>
    Any = 0,

    /// <summary>It must be new (<c>BPF_NOEXIST</c>).</summary>
    MustBeNew = 1,

    /// <summary>It must be there (<c>BPF_EXIST</c>).</summary>
    MustExist = 2,
}
