using Headrace.Bytecode;
using Headrace.Engine;

namespace Headrace.Ports;

/// <summary>Finds what a redirect helper chose: the port of an interface index, the worker of a cpumap, the receiver of an xskmap.</summary>
/// <param name="ports">The ports of the loop.</param>
internal sealed unsafe class RedirectResolver(IReadOnlyList<IPacketPort> ports)
{
    private readonly uint[] _ifindexes = [.. ports.Select(port => port.Ifindex)];
    private ulong _lastHandle;
    private Map? _lastMap;

    /// <summary>The map a redirect went through; null for a plain interface index, or a map that is gone.</summary>
    public Map? MapOf(Frame* frame)
    {
        if (frame->RedirectMap == 0)
            return null;
        if (frame->RedirectMap != _lastHandle)
            (_lastMap, _lastHandle) = (MapHandles.Find(frame->RedirectMap), frame->RedirectMap);
        return _lastMap;
    }

    /// <summary>Forgets the map it saw last: maps may have been released.</summary>
    public void Forget() => (_lastMap, _lastHandle) = (null, 0);

    /// <summary>The port with an interface index, or -1.</summary>
    public int PortOf(uint ifindex) => ifindex == 0 ? -1 : Array.IndexOf(_ifindexes, ifindex);

    /// <summary>The program that a devmap or cpumap has beside its target; null when none.</summary>
    public static LoadedProgram? ProgramOf(Map map, uint key)
    {
        if (map.ValueSize <= sizeof(uint))
            return null;
        ulong slot = map switch
        {
            DevMap devices => devices.Get(key),
            CpuMap processors => processors.Get(key),
            DevMapHash hash when hash.Lookup((byte*)&key, 0) is var value && value != null => *(ulong*)value,
            _ => 0,
        };
        return slot >> 32 == 0 ? null : DeviceValue.Program(slot);
    }

    /// <summary>The receiver an xskmap has for a key: the number of a port; -1 when there is none.</summary>
    public int ReceiverOf(Map map, uint key) =>
        map is XskMap sockets && sockets.TryGetReceiver(key, out uint receiver) && receiver < (uint)ports.Count ? (int)receiver : -1;

    /// <summary>True when the redirect goes to every device of the map.</summary>
    public static bool IsBroadcast(Frame* frame) => (frame->RedirectFlags & 8) != 0; // BPF_F_BROADCAST

    /// <summary>The ports of all devices in a map that a frame goes to, without the one it came in by where the program said so.</summary>
    /// <param name="map">A devmap.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="targets">Takes them; must have room for every port.</param>
    /// <returns>How many.</returns>
    public int Targets(Map map, Frame* frame, Span<int> targets)
    {
        const uint ExcludeIngress = 1 << 4; // BPF_F_EXCLUDE_INGRESS
        int count = 0;
        uint key, next;
        for (int result = map.NextKey(null, (byte*)&next); result == 0 && count < targets.Length; result = map.NextKey((byte*)&key, (byte*)&next))
        {
            key = next;
            byte* value = map.Lookup((byte*)&key, 0);
            if (value == null)
                continue;
            uint ifindex = *(uint*)value;
            int port = PortOf(ifindex);
            if (port >= 0 && !((frame->RedirectFlags & ExcludeIngress) != 0 && ifindex == frame->IngressIfindex))
                targets[count++] = port;
        }
        return count;
    }

    /// <summary>True for maps of devices.</summary>
    public static bool HoldsDevices(Map map) => map.Type is MapType.DevMap or MapType.DevMapHash;
}
