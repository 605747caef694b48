using System.Globalization;

namespace Headrace.Engine;

public sealed unsafe partial class Machine
{
    // How far outside an object an address is still told as a distance from it; a page is what programs that lost their way are off by.
    private const ulong Near = 4096;

    // Values are kept on multiples of 8 bytes, elements of hash maps behind their keys.
    private const ulong MostPadding = 64;

    /// <summary>Says in words what a refused access hits.</summary>
    internal string Describe(string verb, ulong address, ulong size, bool write)
    {
        string what = string.Create(CultureInfo.InvariantCulture, $"{verb} {size} byte{(size == 1 ? "" : "s")} at ");
        (string Place, ulong Distance) nearest = ("", Near + 1);
        Consider(State->Frame != null, () => Packet(address), (ulong)PacketStart, (ulong)PacketEnd);
        Consider(true, () => Stack(address), (ulong)State->StackBase, (ulong)State->StackTop);
        Consider(State->Memory != null, () => Plain(address), (ulong)State->Memory, (ulong)State->MemoryEnd);
        foreach (MemoryRegion region in KnownRegions(address))
            Consider(true, () => Value(region, address, size, write), region.Start, region.Start + region.Length);
        if (nearest.Distance <= Near)
            return what + nearest.Place;
        return MayAccess(address, size, write: !write)
            ? what + $"0x{address:x}, which the program may only {(write ? "read" : "write")}"
            : what + $"0x{address:x}, {WhatIs(address)}";

        void Consider(bool exists, Func<string> place, ulong start, ulong end)
        {
            ulong distance = address < start ? start - address : address < end ? 0 : address - end + 1;
            if (exists && distance < nearest.Distance)
                nearest = (place(), distance);
        }
    }

    private byte* PacketStart => State->Frame != null ? State->Frame->HardStart : null;

    private byte* PacketEnd => State->Frame != null ? State->Frame->HardEnd : null;

    private string Packet(ulong address)
    {
        Frame* frame = State->Frame;
        string metadata = frame->Meta != frame->Data ? string.Create(CultureInfo.InvariantCulture, $" behind {frame->Data - frame->Meta} of metadata") : "";
        return Place("packet", address, (ulong)frame->Data) + string.Create(CultureInfo.InvariantCulture, $", but the packet has {frame->Length}{metadata}");
    }

    private string Stack(ulong address)
    {
        ulong framePointer = (ulong)State->StackTop - (ulong)(State->CallDepth * MaxStack);
        return Place("r10", address, framePointer) + $", but a stack frame goes from r10-{MaxStack} to r10";
    }

    private string Plain(ulong address) => Place("memory", address, (ulong)State->Memory)
        + string.Create(CultureInfo.InvariantCulture, $", but the memory has {State->MemoryEnd - State->Memory}");

    private static string Value(MemoryRegion region, ulong address, ulong size, bool write) => Place(region.Name, address, region.Start)
        + (write && !region.Writable && region.Holds(address, address + size)
            ? ", which the program may only read"
            : string.Create(CultureInfo.InvariantCulture, $", but it has {region.Length}"));

    /// <summary>What helpers and look-ups gave the program, the values it has addresses of, and the value around the address.</summary>
    private List<MemoryRegion> KnownRegions(ulong address)
    {
        var known = new List<MemoryRegion>(_regions);
        foreach (MemoryRegion region in _recent)
        {
            if (region.Length > 0)
                known.Add(region);
        }
        if (Program is null)
            return known;
        known.AddRange(Program.ValueRegions);
        foreach (Map map in Program.ReferencedMaps)
        {
            if (FindValueNear(map, address) is (Map owner, ulong inside))
                known.Add(new MemoryRegion(StartOfValue(owner, inside), (ulong)owner.ValueSize, MayWrite(owner), owner.Name));
        }
        return known;
    }

    // Programs mostly run past the end of a value, into what keeps it apart from the next one.
    private static (Map Owner, ulong Inside)? FindValueNear(Map map, ulong address)
    {
        for (ulong distance = 0; distance <= MostPadding && distance < address; distance++)
        {
            if (FindValue(map, address - distance, 1) is { } owner)
                return (owner, address - distance);
        }
        return null;
    }

    /// <summary>First byte of the value around an address: a map tells of any bytes whether they lie in one value, so that halving finds it.</summary>
    private static ulong StartOfValue(Map map, ulong address)
    {
        ulong inside = 0, outside = (ulong)map.ValueSize;
        while (outside - inside > 1)
        {
            ulong middle = (inside + outside) / 2;
            if (map.Contains(address - middle, middle + 1))
                inside = middle;
            else
                outside = middle;
        }
        return address - inside;
    }

    private static string WhatIs(ulong address)
    {
        if (address < Near)
            return "a null pointer (a look-up that found nothing, or a register that was never set)";
        if (MapHandles.Find(address) is { } map)
            return $"which is the map '{map.Name}' itself: look up a value first";
        if (FunctionPointers.IsFunction(address))
            return "which is a function";
        return "which is no memory of the program";
    }

    private static string Place(string name, ulong address, ulong origin) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}{(long)(address - origin):+0;-0;+0}");
}
