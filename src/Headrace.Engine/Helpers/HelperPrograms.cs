namespace Headrace.Engine;

/// <summary>Kinds of program that may call a helper.</summary>
[Flags]
internal enum HelperPrograms : byte
{
    None = 0,
    Xdp = 1,
    Tc = 2,
    SocketFilter = 4,
    CgroupSkb = 8,
    LwtInOut = 16,
    LwtXmit = 32,
    Lwt = LwtInOut | LwtXmit,
    All = Xdp | Tc | SocketFilter | CgroupSkb | Lwt,
}
