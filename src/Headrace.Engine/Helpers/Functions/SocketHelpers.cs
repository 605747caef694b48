namespace Headrace.Engine;

/// <summary>Socket helpers where there are no sockets: look-ups find none, so that programs take the way they take for foreign flows.</summary>
internal static unsafe class SocketHelpers
{
    /// <summary><c>bpf_sk_lookup_tcp</c> and its sisters: no socket.</summary>
    public static ulong SocketLookup<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess
    {
        TAccess.Context(machine, r1);
        TAccess.Read(machine, r2, (uint)r3);
        return 0;
    }

    /// <summary>Conversions between kinds of socket: none of none.</summary>
    public static ulong NoSocket<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => 0;

    /// <summary>Helpers that want a socket, which no program here can have got.</summary>
    public static ulong WithoutSocket<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => throw machine.Fault("passes a socket to a helper, but there are no sockets outside the kernel");

    /// <summary>Cookie 0: the packet belongs to no socket.</summary>
    public static ulong GetSocketCookie<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => 0;

    /// <summary>The overflow user: the packet belongs to no socket.</summary>
    public static ulong GetSocketUid<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => 65534;

    /// <summary>Realm 0: no route was chosen for the packet yet.</summary>
    public static ulong GetRouteRealm<TAccess>(Machine machine, ulong r1, ulong r2, ulong r3, ulong r4, ulong r5)
        where TAccess : struct, IArgumentAccess => 0;
}
