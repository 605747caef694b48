namespace Headrace.Engine;

/// <summary>Arguments of programs that no verifier has seen: everything is looked at, and a fault stops the program.</summary>
internal readonly unsafe struct CheckedAccess : IArgumentAccess
{
    // Arguments from this size on count as work of their own.
    private const ulong Large = 1024;

    public static byte* Read(Machine machine, ulong address, ulong size)
    {
        byte* bytes = machine.Readable(address, size);
        if (size >= Large)
            machine.SpendBytes(size);
        return bytes;
    }

    public static byte* Write(Machine machine, ulong address, ulong size)
    {
        byte* bytes = machine.Writable(address, size);
        if (size >= Large)
            machine.SpendBytes(size);
        return bytes;
    }

    public static byte* ReadString(Machine machine, ulong address, ulong limit)
    {
        byte* text = (byte*)address;
        for (ulong length = 0; length < limit; length++)
        {
            machine.Readable(address + length, 1);
            if (text[length] == 0)
                break;
        }
        return text;
    }

    public static Map Map(Machine machine, ulong handle, ulong types)
    {
        Map map = MapHandles.Find(handle) ?? throw machine.Fault($"passes 0x{handle:x} for a map, which is none");
        return MapTypes.Holds(types, map.Type)
            ? map
            : throw machine.Fault($"passes map '{map.Name}' of type {map.Type} to a helper that does not work on such maps");
    }

    public static ulong Found(Machine machine, Map map, byte* value)
    {
        if (value != null && !MapTypes.Holds(MapTypes.OfMaps, map.Type))
            machine.RememberValue(map, value);
        return (ulong)value;
    }

    public static Frame* Context(Machine machine, ulong address) => address != 0 && (Frame*)address == machine.State->Frame
        ? (Frame*)address
        : throw machine.Fault($"passes 0x{address:x} for the context, which is what R1 held at the start");

    public static Dynptr* Dynptr(Machine machine, ulong address)
    {
        // The program could have written over it: what it says is believed only as far as the memory behind it may be touched.
        var dynptr = (Dynptr*)machine.Readable(address, (ulong)sizeof(Dynptr));
        if (dynptr->Data != null)
            machine.Readable((ulong)dynptr->Start, dynptr->Length);
        return dynptr;
    }
}
