using System.Globalization;

namespace Headrace.Engine;

public sealed unsafe partial class Machine
{
    // How far outside an object an address is still told as a distance from it.
    private const ulong Near = 1 << 16;

    /// <summary>Says in words what a refused access hits.</summary>
    internal string Describe(string verb, ulong address, ulong size, bool write)
    {
        string what = string.Create(CultureInfo.InvariantCulture, $"{verb} {size} byte{(size == 1 ? "" : "s")} at ");
        Frame* frame = State->Frame;
        if (frame != null && IsNear(address, (ulong)frame->HardStart, (ulong)frame->HardEnd))
        {
            return what + Place("packet", address, (ulong)frame->Data)
                + string.Create(CultureInfo.InvariantCulture, $", but the packet has {frame->Length}")
                + (frame->Meta != frame->Data ? string.Create(CultureInfo.InvariantCulture, $" behind {frame->Data - frame->Meta} of metadata") : "");
        }
        if (IsNear(address, (ulong)State->StackBase, (ulong)State->StackTop))
        {
            ulong framePointer = (ulong)State->StackTop - (ulong)(State->CallDepth * MaxStack);
            return what + Place("r10", address, framePointer) + $", but a stack frame goes from r10-{MaxStack} to r10";
        }
        if (State->Memory != null && IsNear(address, (ulong)State->Memory, (ulong)State->MemoryEnd))
        {
            return what + Place("memory", address, (ulong)State->Memory)
                + string.Create(CultureInfo.InvariantCulture, $", but the memory has {State->MemoryEnd - State->Memory}");
        }
        if (MayAccess(address, size, write: !write))
            return what + $"0x{address:x}, which the program may only {(write ? "read" : "write")}";
        return what + $"0x{address:x}, " + WhatIs(address);
    }

    private string WhatIs(ulong address)
    {
        if (address < Near)
            return "a null pointer (a look-up that found nothing, or a register that was never set)";
        if (MapHandles.Find(address) is { } map)
            return $"which is the map '{map.Name}' itself: look up a value first";
        if (FunctionPointers.IsFunction(address))
            return "which is a function";
        return "which is no memory of the program";
    }

    private static bool IsNear(ulong address, ulong start, ulong end) => address >= start - Near && address < end + Near;

    private static string Place(string name, ulong address, ulong origin) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}{(long)(address - origin):+0;-0;+0}");
}
