using System.Globalization;
using Headrace.Bytecode;

namespace Headrace.Linux;

/// <summary>Words about a program that is in the way.</summary>
internal static class XdpOccupant
{
    public static string Describe(NetworkDevice device, XdpState state)
    {
        uint id = state.ProgramOf(XdpMode.Auto);
        string name = NameOf(id);
        string holder = device.FindXdpLink(id) is { } link
            ? string.Create(CultureInfo.InvariantCulture, $"link {link} holds it: its owner must let it go ('headrace link detach id {link}' forces that)")
            : $"it was attached by netlink: 'headrace net detach xdp dev {device.Name}' or 'ip link set dev {device.Name} xdp off' takes it away";
        return string.Create(CultureInfo.InvariantCulture, $"Program {id}{name} runs there already ({state.Attached}) and is left alone; {holder}, or name it as the one to replace.");
    }

    private static string NameOf(uint id)
    {
        try
        {
            using KernelProgram? program = KernelProgram.TryOpen(id);
            return program is null ? "" : $" ('{program.Name}')";
        }
        catch (HeadraceException)
        {
            return ""; // it may be looked at by others only
        }
    }
}
