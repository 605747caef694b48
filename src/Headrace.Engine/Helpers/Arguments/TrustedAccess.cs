namespace Headrace.Engine;

/// <summary>Arguments that a verifier has proved good: taken as they are.</summary>
internal readonly unsafe struct TrustedAccess : IArgumentAccess
{
    public static byte* Read(Machine machine, ulong address, ulong size) => (byte*)address;

    public static byte* Write(Machine machine, ulong address, ulong size) => (byte*)address;

    public static byte* ReadString(Machine machine, ulong address, ulong limit) => (byte*)address;

    public static Map Map(Machine machine, ulong handle, ulong types) => MapHandles.Find(handle)!;

    public static ulong Found(Machine machine, Map map, byte* value) => (ulong)value;

    public static Frame* Context(Machine machine, ulong address) => (Frame*)address;

    public static Dynptr* Dynptr(Machine machine, ulong address) => (Dynptr*)address;
}
