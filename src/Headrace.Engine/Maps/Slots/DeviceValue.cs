using Headrace.Bytecode;

namespace Headrace.Engine;

/// <summary>The value of device and CPU maps: a target, and in values of 8 bytes a program that runs there (<c>bpf_devmap_val</c>, <c>bpf_cpumap_val</c>).</summary>
internal static unsafe class DeviceValue
{
    /// <summary>The slot for a value user code gave; false when it names a program that is not an XDP program for this attach type.</summary>
    public static bool TryRead(byte* value, int size, AttachType attach, out ulong slot)
    {
        slot = *(uint*)value;
        int program = size < sizeof(ulong) ? 0 : *(int*)(value + sizeof(uint));
        if (program <= 0)
            return true;
        slot |= (ulong)program << 32;
        return LoadedProgram.TryFind(program, out LoadedProgram? found) && found.Type == ProgramType.Xdp && found.ExpectedAttachType == attach;
    }

    /// <summary>The program of a slot, or null.</summary>
    public static LoadedProgram? Program(ulong slot) => LoadedProgram.TryFind((int)(slot >> 32), out LoadedProgram? found) ? found : null;
}
