using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Headrace.Bindings.Tests;

/// <summary>Measures types as the runtime laid them out, whatever their attributes say.</summary>
internal static class Layouts
{
    public static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    /// <summary>Distance of a field from the start of its struct, by taking both addresses.</summary>
    public static long OffsetOf(FieldInfo field)
    {
        var method = new DynamicMethod("offset", typeof(long), [], field.DeclaringType!.Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        il.DeclareLocal(field.DeclaringType);
        il.Emit(OpCodes.Ldloca, 0);
        il.Emit(OpCodes.Ldflda, field);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Ldloca, 0);
        il.Emit(OpCodes.Conv_U);
        il.Emit(OpCodes.Sub);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Ret);
        return (long)method.Invoke(null, null)!;
    }

    /// <summary>A boxed struct of some bytes.</summary>
    public static object FromBytes(Type type, byte[] bytes)
    {
        object value = RuntimeHelpers.GetUninitializedObject(type);
        bytes.CopyTo(BytesOf(value));
        return value;
    }

    /// <summary>The bytes of a boxed struct, in place.</summary>
    public static unsafe Span<byte> BytesOf(object value) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<Box>(value).First, SizeOf(value.GetType()));

    private sealed class Box
    {
        public byte First;
    }
}
