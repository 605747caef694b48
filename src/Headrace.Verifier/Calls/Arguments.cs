using static Headrace.Verifier.ArgumentFlags;

namespace Headrace.Verifier;

/// <summary>The arguments that helpers have, by short names: the prototypes read like signatures.</summary>
internal static class Arguments
{
    public static readonly Argument Any = new(ArgumentKind.Anything);
    public static readonly Argument Map = new(ArgumentKind.Map);
    public static readonly Argument Key = new(ArgumentKind.MapKey);
    public static readonly Argument Value = new(ArgumentKind.MapValue);
    public static readonly Argument ValueOrNull = new(ArgumentKind.MapValue, OrNull);
    public static readonly Argument ValueOut = new(ArgumentKind.MapValue, Write | Uninitialized);
    public static readonly Argument In = new(ArgumentKind.Memory, ReadOnly);
    public static readonly Argument InOrNull = new(ArgumentKind.Memory, ReadOnly | OrNull);
    public static readonly Argument InOut = new(ArgumentKind.Memory, Write);
    public static readonly Argument Out = new(ArgumentKind.Memory, Write | Uninitialized);
    public static readonly Argument OutOrNull = new(ArgumentKind.Memory, Write | OrNull);
    public static readonly Argument Bytes20 = new(ArgumentKind.Memory, Size: 20);
    public static readonly Argument Bytes40 = new(ArgumentKind.Memory, Size: 40);
    public static readonly Argument Word = new(ArgumentKind.Memory, Write | Aligned, Size: 4);
    public static readonly Argument Long = new(ArgumentKind.Memory, Write | Uninitialized | Aligned, Size: 8);
    public static readonly Argument Size = new(ArgumentKind.Size);
    public static readonly Argument SizeOrZero = new(ArgumentKind.SizeOrZero);
    public static readonly Argument AllocationSize = new(ArgumentKind.AllocationSize);
    public static readonly Argument Context = new(ArgumentKind.Context);
    public static readonly Argument ContextOrNull = new(ArgumentKind.Context, OrNull);
    public static readonly Argument LockField = new(ArgumentKind.SpinLock);
    public static readonly Argument TimerField = new(ArgumentKind.Timer);
    public static readonly Argument PointerSlot = new(ArgumentKind.PointerSlot);
    public static readonly Argument SocketCommon = new(ArgumentKind.SocketCommon);
    public static readonly Argument SocketOrNullArgument = new(ArgumentKind.Socket, OrNull);
    public static readonly Argument AnySocket = new(ArgumentKind.AnySocket);
    public static readonly Argument SocketRelease = new(ArgumentKind.AnySocket, Release);
    public static readonly Argument KernelObject = new(ArgumentKind.KernelObject);
    public static readonly Argument ObjectRelease = new(ArgumentKind.KernelObject, OrNull | Release);
    public static readonly Argument PerCpu = new(ArgumentKind.PerCpuObject);
    public static readonly Argument Record = new(ArgumentKind.RingMemory, Release);
    public static readonly Argument Function = new(ArgumentKind.Function);
    public static readonly Argument StackOrNull = new(ArgumentKind.Stack, OrNull);
    public static readonly Argument ConstantString = new(ArgumentKind.ConstantString);
    public static readonly Argument DynptrIn = new(ArgumentKind.Dynptr, ReadOnly);
    public static readonly Argument RingDynptr = new(ArgumentKind.Dynptr, RingBuffer | Release);
    public static readonly Argument RingDynptrOut = new(ArgumentKind.Dynptr, RingBuffer | Uninitialized | Write);
    public static readonly Argument LocalDynptrOut = new(ArgumentKind.Dynptr, Local | Uninitialized | Write);
}
