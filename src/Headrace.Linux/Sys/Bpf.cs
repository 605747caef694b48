using System.Runtime.CompilerServices;

namespace Headrace.Linux.Sys;

/// <summary>bpf(2), one method a command. Commands that make an object return its descriptor or throw; operations answer 0 or -errno.</summary>
internal static unsafe partial class Bpf
{
    // A load is interrupted with EAGAIN when a signal is pending; the runtime uses signals to stop threads for a collection.
    private const int InterruptedAttempts = 16;

    public static Descriptor CreateMap(ref MapCreateAttr attributes, string subject) => new(
        ThrowIfError(Call(BpfCommand.MapCreate, ref attributes), "BPF_MAP_CREATE", subject));

    /// <summary>Makes a map.</summary>
    /// <returns>The descriptor's number, or -errno.</returns>
    public static int TryCreateMap(ref MapCreateAttr attributes) => Call(BpfCommand.MapCreate, ref attributes);

    public static int LookupElement(ref MapElementAttr attributes) => Call(BpfCommand.MapLookupElement, ref attributes);

    public static int UpdateElement(ref MapElementAttr attributes) => Call(BpfCommand.MapUpdateElement, ref attributes);

    public static int DeleteElement(ref MapElementAttr attributes) => Call(BpfCommand.MapDeleteElement, ref attributes);

    public static int GetNextKey(ref MapElementAttr attributes) => Call(BpfCommand.MapGetNextKey, ref attributes);

    public static int LookupAndDeleteElement(ref MapElementAttr attributes) => Call(BpfCommand.MapLookupAndDeleteElement, ref attributes);

    public static int FreezeMap(ref MapElementAttr attributes) => Call(BpfCommand.MapFreeze, ref attributes);

    public static int Batch(BpfCommand command, ref MapBatchAttr attributes) => Call(command, ref attributes);

    /// <summary>Loads a program.</summary>
    /// <returns>The descriptor's number, or -errno.</returns>
    public static int LoadProgram(ref ProgramLoadAttr attributes)
    {
        int result = Call(BpfCommand.ProgramLoad, ref attributes);
        for (int attempt = 1; result == -ErrorNumber.EAGAIN && attempt < InterruptedAttempts; attempt++)
            result = Call(BpfCommand.ProgramLoad, ref attributes);
        return result;
    }

    public static int TestRun(ref TestRunAttr attributes) => Call(BpfCommand.ProgramTestRun, ref attributes);

    /// <summary>Loads type information.</summary>
    /// <returns>The descriptor's number, or -errno.</returns>
    public static int LoadBtf(ref BtfLoadAttr attributes) => Call(BpfCommand.BtfLoad, ref attributes);

    /// <summary>The answer of a call that must not fail.</summary>
    /// <exception cref="KernelException">It failed.</exception>
    public static int ThrowIfError(int result, string call, string subject) =>
        result >= 0 ? result : throw new KernelException(call, subject, -result);

    private static int Call<T>(BpfCommand command, ref T attributes) where T : unmanaged
    {
        fixed (T* pointer = &attributes)
            return Libc.Bpf(command, pointer, Unsafe.SizeOf<T>());
    }
}
