namespace Headrace.Engine;

/// <summary>How an update treats what is there (<c>BPF_ANY</c>, <c>BPF_NOEXIST</c>, <c>BPF_EXIST</c>, <c>BPF_F_LOCK</c>).</summary>
[Flags]
public enum MapUpdateFlags : ulong
{
    /// <summary>Add or replace.</summary>
    Any = 0,

    /// <summary>Only add: an element that is there is an error (EEXIST).</summary>
    NoExist = 1,

    /// <summary>Only replace: an element that is not there is an error (ENOENT). For queues and stacks: overwrite the oldest when full.</summary>
    Exist = 2,

    /// <summary>Copy under the spin lock inside the value.</summary>
    Lock = 4,
}
