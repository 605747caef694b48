using System.Reflection;
using System.Reflection.Emit;

namespace Headrace.Engine.Jit;

/// <summary>Writes operations on maps that are known when code is written: arrays down to their memory, others as direct calls of the map's own class.</summary>
/// <param name="il">Where to write.</param>
/// <param name="maps">The program's maps; the code finds them in its first argument.</param>
/// <param name="state">The local that holds the machine's native part.</param>
internal sealed class MapCode(ILGenerator il, Map[] maps, LocalBuilder state)
{
    /// <summary>The parameters of <see cref="Map.Update(byte*, byte*, ulong, int)"/>.</summary>
    public static unsafe readonly Type[] UpdateParameters = [typeof(byte*), typeof(byte*), typeof(ulong), typeof(int)];

    /// <summary>The parameters of <see cref="Map.Delete(byte*)"/>.</summary>
    public static unsafe readonly Type[] DeleteParameters = [typeof(byte*)];

    /// <summary>A method of a map's own class.</summary>
    public static MethodInfo Method(Map map, string name, params Type[] parameters) =>
        map.GetType().GetMethod(name, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public, parameters)!;

    /// <summary>Pushes a map.</summary>
    public void Load(int index)
    {
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Ldelem_Ref);
    }

    /// <summary>Pushes the address of the value that belongs to a key, or 0.</summary>
    /// <param name="index">The map.</param>
    /// <param name="key">Pushes the key's address.</param>
    /// <param name="isUse">False for a look-up that is to leave no trace: see <see cref="Map.Find"/>.</param>
    public unsafe void Lookup(int index, Action key, bool isUse = true)
    {
        Map map = maps[index];
        if (map is ArrayMap array)
            Element(map.MaxEntries, array.Stride, Index(key), () => il.Emit(OpCodes.Ldc_I8, (long)array.BaseAddress));
        else if (map is PerCpuArrayMap perCpu)
            Element(map.MaxEntries, perCpu.Stride, Index(key), () => ThisCpu(perCpu));
        else
            CallLookup(index, isUse, key);
    }

    /// <summary>Pushes the address of an element of an array, plus a displacement.</summary>
    public unsafe void Element(int map, uint index, long displacement)
    {
        if (maps[map] is ArrayMap array)
        {
            il.Emit(OpCodes.Ldc_I8, (long)array.BaseAddress + index * array.Stride + displacement);
            return;
        }
        var perCpu = (PerCpuArrayMap)maps[map];
        ThisCpu(perCpu);
        il.Emit(OpCodes.Ldc_I8, (long)index * perCpu.Stride + displacement);
        il.Emit(OpCodes.Add);
    }

    /// <summary>Calls a change of a map; pushes its answer as 64 bits.</summary>
    /// <param name="index">The map.</param>
    /// <param name="name">The method.</param>
    /// <param name="parameters">Its parameters: those of the helper behind the map, and the processor's number where it asks for one.</param>
    /// <param name="argument">Pushes an argument of the helper: R2 is 2.</param>
    public void Change(int index, string name, Type[] parameters, Action<int> argument)
    {
        Load(index);
        for (int i = 0; i < parameters.Length; i++)
        {
            if (parameters[i] == typeof(int))
            {
                LoadCpu();
                continue;
            }
            argument(i + 2);
            if (parameters[i].IsPointer)
                il.Emit(OpCodes.Conv_U);
        }
        il.Emit(OpCodes.Call, Method(maps[index], name, parameters));
        il.Emit(OpCodes.Conv_I8);
    }

    /// <summary>Pushes the processor number the program is told.</summary>
    public void LoadCpu()
    {
        il.Emit(OpCodes.Ldloc, state);
        il.Emit(OpCodes.Ldfld, JitMethods.StateField(nameof(MachineState.Cpu)));
    }

    // By the map's own class.
    private unsafe void CallLookup(int index, bool isUse, Action key)
    {
        if (isUse && maps[index].DirectLookup is { } direct)
        {
            key();
            il.Emit(OpCodes.Conv_U);
            foreach (object constant in direct.Constants)
                Load(constant);
            il.Emit(OpCodes.Call, direct.Method);
            il.Emit(OpCodes.Conv_U8);
            return;
        }
        Load(index);
        key();
        il.Emit(OpCodes.Conv_U);
        LoadCpu();
        il.Emit(OpCodes.Call, Method(maps[index], isUse ? nameof(Map.Lookup) : nameof(Map.Find), typeof(byte*), typeof(int)));
        il.Emit(OpCodes.Conv_U8);
    }

    private void Load(object constant)
    {
        switch (constant)
        {
            case nint address:
                il.Emit(OpCodes.Ldc_I8, address);
                il.Emit(OpCodes.Conv_I);
                break;
            case ulong number:
                il.Emit(OpCodes.Ldc_I8, (long)number);
                break;
            case uint number:
                il.Emit(OpCodes.Ldc_I4, (int)number);
                break;
            default:
                il.Emit(OpCodes.Ldc_I4, (int)constant);
                break;
        }
    }

    private LocalBuilder Index(Action key)
    {
        LocalBuilder index = il.DeclareLocal(typeof(uint));
        key();
        il.Emit(OpCodes.Ldind_U4);
        il.Emit(OpCodes.Stloc, index);
        return index;
    }

    // index < entries ? first + index * stride : null
    private void Element(uint entries, uint stride, LocalBuilder index, Action first)
    {
        Label outside = il.DefineLabel();
        Label done = il.DefineLabel();
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Ldc_I4, (int)entries);
        il.Emit(OpCodes.Bge_Un, outside);
        first();
        il.Emit(OpCodes.Ldloc, index);
        il.Emit(OpCodes.Conv_U8);
        il.Emit(OpCodes.Ldc_I8, (long)stride);
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Br, done);
        il.MarkLabel(outside);
        il.Emit(OpCodes.Ldc_I8, 0L);
        il.MarkLabel(done);
    }

    // The machine's processor number is below the map's: executors check it when they are made.
    private unsafe void ThisCpu(PerCpuArrayMap map)
    {
        il.Emit(OpCodes.Ldc_I8, (long)map.BaseAddress);
        LoadCpu();
        il.Emit(OpCodes.Conv_U8);
        il.Emit(OpCodes.Ldc_I8, (long)map.CpuStride);
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Add);
    }
}
