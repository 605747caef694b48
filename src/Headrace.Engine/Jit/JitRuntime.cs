using System.Runtime.CompilerServices;
using Headrace.Dataflow;

namespace Headrace.Engine.Jit;

/// <summary>What compiled programs call: accesses that the machine checks, tail calls, faults, and what the runtime has no instruction for.</summary>
/// <remarks><see cref="JitMethods"/> has the handles that code is written with.</remarks>
internal static unsafe class JitRuntime
{
    /// <summary>Makes the machine ready for a run over a packet.</summary>
    public static void Begin(Machine machine, Frame* frame) => machine.Begin(machine.Program!, frame);

    /// <summary>Gives back what a program left behind that was tail-called at the end of a run.</summary>
    public static void AfterTailCall(Machine machine)
    {
        machine.Forget();
        OwnProgram(machine);
    }

    /// <summary>Makes the executor's own program the one that runs.</summary>
    public static void OwnProgram(Machine machine) => machine.Program = machine.Executor!.Program;

    /// <summary>Instructions a run may spend in loops and functions.</summary>
    public static long Budget(Machine machine) => machine.Options.Budget;

    /// <summary>Loads from wherever the program may: context, stack, map values, what helpers gave. The upper bytes are zero.</summary>
    public static ulong Load(Machine machine, ulong address, int slot, int size)
    {
        machine.State->Pc = slot;
        if (machine.IsContext(address, out long offset))
            return machine.LoadContext(offset, size);
        byte* source = machine.Readable(address, (ulong)size);
        return size switch
        {
            1 => *source,
            2 => *(ushort*)source,
            4 => *(uint*)source,
            _ => *(ulong*)source,
        };
    }

    /// <summary>Stores to wherever the program may.</summary>
    public static void Store(Machine machine, ulong address, ulong value, int slot, int size)
    {
        machine.State->Pc = slot;
        if (machine.IsContext(address, out long offset))
        {
            machine.StoreContext(offset, size, value);
            return;
        }
        byte* target = machine.Writable(address, (ulong)size);
        switch (size)
        {
            case 1: *target = (byte)value; break;
            case 2: *(ushort*)target = (ushort)value; break;
            case 4: *(uint*)target = (uint)value; break;
            default: *(ulong*)target = value; break;
        }
    }

    /// <summary>Checks an access to anything but the context.</summary>
    public static void Check(Machine machine, ulong address, int slot, int size, bool write)
    {
        machine.State->Pc = slot;
        if (write)
            machine.Writable(address, (ulong)size);
        else
            machine.Readable(address, (ulong)size);
    }

    /// <summary>Copies bytes, each access checked. All is read before anything is written, as the loads and stores did that it stands for.</summary>
    public static void Copy(Machine machine, ulong to, ulong from, int length, int slot)
    {
        byte* bytes = stackalloc byte[length];
        for (int at = 0; at < length;)
        {
            int size = Piece(length - at);
            ulong value = Load(machine, from + (ulong)at, slot, size);
            Buffer.MemoryCopy(&value, bytes + at, size, size);
            at += size;
        }
        for (int at = 0; at < length;)
        {
            int size = Piece(length - at);
            ulong value = 0;
            Buffer.MemoryCopy(bytes + at, &value, size, size);
            Store(machine, to + (ulong)at, value, slot, size);
            at += size;
        }
    }

    /// <summary>Sets bytes to zero, each access checked.</summary>
    public static void Clear(Machine machine, ulong address, int length, int slot)
    {
        for (int at = 0; at < length;)
        {
            int size = Piece(length - at);
            Store(machine, address + (ulong)at, 0, slot, size);
            at += size;
        }
    }

    private static int Piece(int left) => left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;

    /// <summary>Legacy packet access: the bytes in host order, or <see cref="Actor.OutsidePacket"/>.</summary>
    public static ulong LoadPacket(Machine machine, int offset, int size, int slot)
    {
        machine.State->Pc = slot;
        return machine.LoadPacket(offset, size) ?? Actor.OutsidePacket;
    }

    /// <summary>Runs another program in the place of this one; false, and nothing happens, when the kernel would fall through.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="array">The program array's handle.</param>
    /// <param name="index">Which program.</param>
    /// <param name="result">R0 at its exit.</param>
    public static bool TailCall(Machine machine, ulong array, ulong index, out ulong result)
    {
        Map map = MapHandles.Find(array) ?? throw machine.Fault($"tail-calls through 0x{array:x}, which is no map");
        result = 0;
        return map is ProgramArrayMap programs && TailCallThrough(machine, programs, index, out result);
    }

    /// <summary>The same through a map that is known when the program is compiled.</summary>
    public static bool TailCallThrough(Machine machine, ProgramArrayMap map, ulong index, out ulong result)
    {
        result = 0;
        LoadedProgram caller = machine.Program!;
        if (map.ProgramAt((uint)index) is not { } found || machine.TailCall(found) is not { } target)
            return false;
        machine.Program = target;
        result = ((JitExecutor)machine.Executor!).Enter(target);
        machine.Program = caller;
        return true;
    }

    /// <summary>Calls a function on the machine's stack, for a helper that takes a callback.</summary>
    public static ulong CallBack(Machine machine, LoadedProgram program, int slot, Func<LoadedProgram, int, FunctionMethod?> find, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5)
    {
        MachineState* state = machine.State;
        if (state->CallDepth + 1 >= Machine.MaxCallDepth)
            throw machine.DepthFault();
        if ((state->Budget -= program.FunctionLength(slot)) < 0)
            throw machine.BudgetFault();
        FunctionMethod function = find(program, slot) ?? throw machine.Fault($"calls back instruction {slot} of '{program.Name}', whose address it never took");
        int pc = state->Pc;
        LoadedProgram? caller = machine.Program;
        machine.Program = program;
        state->CallDepth++;
        ulong result = function(machine, a1, a2, a3, a4, a5);
        state->CallDepth--;
        state->Pc = pc;
        machine.Program = caller;
        return result;
    }

    /// <summary>The fault of a program that does not end.</summary>
    public static Exception EndlessFault(Machine machine, int slot)
    {
        machine.State->Pc = slot;
        return machine.BudgetFault();
    }

    /// <summary>The fault of an access to a context field that the frame does not have.</summary>
    public static Exception SocketBufferFault(Machine machine, int slot)
    {
        machine.State->Pc = slot;
        return machine.SocketBufferFault();
    }

    /// <summary>The fault of a local call that is one too many.</summary>
    public static Exception DepthFault(Machine machine, int slot)
    {
        machine.State->Pc = slot;
        machine.State->CallDepth--;
        return machine.DepthFault();
    }

    /// <summary>The upper half of a product.</summary>
    public static ulong MultiplyHigh(ulong a, ulong b) => Math.BigMul(a, b, out _);

    /// <summary>Atomic compare and exchange of 32 bits; answers the old value.</summary>
    /// <remarks>
    /// Not inlined, and with whole registers: .NET 10 expands it to a <c>cmpxchg</c> that may lose the upper halves of variables it narrows
    /// for it, and takes the result for zero-extended, which it is not when the exchange happens.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint CompareExchange(ref uint target, ulong operand, ulong comparand) =>
        Interlocked.CompareExchange(ref target, (uint)operand, (uint)comparand);

    /// <summary>Atomic exclusive or; answers the old value.</summary>
    public static int Xor(ref int target, int operand)
    {
        int old = Volatile.Read(ref target);
        while (true)
        {
            int seen = Interlocked.CompareExchange(ref target, old ^ operand, old);
            if (seen == old)
                return old;
            old = seen;
        }
    }

    /// <summary>Atomic exclusive or; answers the old value.</summary>
    public static long Xor(ref long target, long operand)
    {
        long old = Volatile.Read(ref target);
        while (true)
        {
            long seen = Interlocked.CompareExchange(ref target, old ^ operand, old);
            if (seen == old)
                return old;
            old = seen;
        }
    }
}
