using System.Reflection;
using System.Runtime.Intrinsics.X86;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>What the code of graphs calls besides what all compiled code calls (<see cref="JitRuntime"/>).</summary>
internal static unsafe class GraphRuntime
{
    public static readonly MethodInfo CopyMethod = Method(nameof(Copy));
    public static readonly MethodInfo ClearMethod = Method(nameof(Clear));
    public static readonly MethodInfo LoadPacketMethod = Method(nameof(LoadPacket));
    public static readonly MethodInfo MultiplyHighMethod = Method(nameof(MultiplyHigh));
    public static readonly MethodInfo MultiplyHighIntrinsic = typeof(Bmi2.X64).GetMethod(nameof(Bmi2.X64.MultiplyNoFlags), [typeof(ulong), typeof(ulong)])!;

    /// <summary>Copies bytes, each access checked. All is read before anything is written, as the loads and stores did that it stands for.</summary>
    public static void Copy(Machine machine, ulong to, ulong from, int length, int slot)
    {
        byte* bytes = stackalloc byte[length];
        for (int at = 0; at < length;)
        {
            int size = Piece(length - at);
            ulong value = JitRuntime.Load(machine, from + (ulong)at, slot, size);
            Buffer.MemoryCopy(&value, bytes + at, size, size);
            at += size;
        }
        for (int at = 0; at < length;)
        {
            int size = Piece(length - at);
            ulong value = 0;
            Buffer.MemoryCopy(bytes + at, &value, size, size);
            JitRuntime.Store(machine, to + (ulong)at, value, slot, size);
            at += size;
        }
    }

    /// <summary>Sets bytes to zero, each access checked.</summary>
    public static void Clear(Machine machine, ulong address, int length, int slot)
    {
        for (int at = 0; at < length;)
        {
            int size = Piece(length - at);
            JitRuntime.Store(machine, address + (ulong)at, 0, slot, size);
            at += size;
        }
    }

    /// <summary>Legacy packet access; <see cref="Actor.OutsidePacket"/> outside of the packet.</summary>
    public static ulong LoadPacket(Machine machine, int offset, int size, int slot) =>
        JitRuntime.LoadPacket(machine, offset, size, slot, out ulong value) ? value : Actor.OutsidePacket;

    /// <summary>The upper half of a product.</summary>
    public static ulong MultiplyHigh(ulong a, ulong b) => Math.BigMul(a, b, out _);

    private static int Piece(int left) => left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;

    private static MethodInfo Method(string name) => typeof(GraphRuntime).GetMethod(name, BindingFlags.Public | BindingFlags.Static)!;
}
