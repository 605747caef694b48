using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using Headrace.Bytecode;

namespace Headrace.Engine.Jit;

/// <summary>The signatures of emitted methods, and the handles of what their code calls and reads; <see cref="JitRuntime"/> has what is our own of it.</summary>
internal static unsafe class JitMethods
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    /// <summary>Registers that pass arguments: R1 to R5.</summary>
    public const int ArgumentCount = 5;

    /// <summary>Index of the parameter that brings R1 to a function.</summary>
    public const int FirstArgument = 2;

    /// <summary>Index of the parameter that brings a stage what the burst's stages have in common.</summary>
    public const int StagedBurstArgument = 4;

    /// <summary>Makes an empty method that may use everything of this assembly.</summary>
    public static DynamicMethod NewMethod(string name, Type result, Type[] parameters) =>
        new(name, result, parameters, typeof(JitMethods).Module, skipVisibility: true) { InitLocals = false };

    /// <summary>The program's maps, which the delegate holds; the machine, the first frame, the number of frames.</summary>
    public static readonly Type[] BurstParameters = [typeof(Map[]), typeof(Machine), typeof(Frame*), typeof(int)];

    /// <summary>The program's maps, which the delegate holds; the machine, the first frame, the number of frames, what the burst's stages have in common.</summary>
    public static readonly Type[] StageParameters = [typeof(Map[]), typeof(Machine), typeof(Frame*), typeof(int), typeof(StagedBurst*)];

    /// <summary>The program's maps, which the delegate holds; the machine, R1 and R2.</summary>
    public static readonly Type[] EntryParameters = [typeof(Map[]), typeof(Machine), typeof(ulong), typeof(ulong)];

    /// <summary>The program's maps, which the delegate holds; the machine, R1 to R5.</summary>
    public static readonly Type[] FunctionParameters =
        [typeof(Map[]), typeof(Machine), typeof(ulong), typeof(ulong), typeof(ulong), typeof(ulong), typeof(ulong)];

    /// <summary>The machine, R1 to R5.</summary>
    public static readonly Type[] HelperParameters = [typeof(Machine), typeof(ulong), typeof(ulong), typeof(ulong), typeof(ulong), typeof(ulong)];

    public static readonly MethodInfo State = typeof(Machine).GetProperty(nameof(Machine.State), Everything)!.GetMethod!;
    public static readonly MethodInfo Begin = Runtime(nameof(JitRuntime.Begin));
    public static readonly MethodInfo Budget = Runtime(nameof(JitRuntime.Budget));
    public static readonly MethodInfo Load = Runtime(nameof(JitRuntime.Load));
    public static readonly MethodInfo Store = Runtime(nameof(JitRuntime.Store));
    public static readonly MethodInfo Check = Runtime(nameof(JitRuntime.Check));
    public static readonly MethodInfo Copy = Runtime(nameof(JitRuntime.Copy));
    public static readonly MethodInfo Clear = Runtime(nameof(JitRuntime.Clear));
    public static readonly MethodInfo LoadPacket = Runtime(nameof(JitRuntime.LoadPacket));
    public static readonly MethodInfo TailCall = Runtime(nameof(JitRuntime.TailCall));
    public static readonly MethodInfo TailCallThrough = Runtime(nameof(JitRuntime.TailCallThrough));
    public static readonly MethodInfo AfterTailCall = Runtime(nameof(JitRuntime.AfterTailCall));
    public static readonly MethodInfo OwnProgram = Runtime(nameof(JitRuntime.OwnProgram));
    public static readonly MethodInfo Programs = typeof(ProgramArrayMap).GetProperty(nameof(ProgramArrayMap.Programs), Everything)!.GetMethod!;
    public static readonly MethodInfo ProgramId = typeof(LoadedProgram).GetProperty(nameof(LoadedProgram.Id), Everything)!.GetMethod!;
    public static readonly MethodInfo SetProgram = typeof(Machine).GetProperty(nameof(Machine.Program), Everything)!.SetMethod!;
    public static readonly MethodInfo EndlessFault = Runtime(nameof(JitRuntime.EndlessFault));
    public static readonly MethodInfo SocketBufferFault = Runtime(nameof(JitRuntime.SocketBufferFault));
    public static readonly MethodInfo DepthFault = Runtime(nameof(JitRuntime.DepthFault));

    /// <summary>The upper half of a product: one instruction where the processor has it.</summary>
    public static readonly MethodInfo MultiplyHigh = Bmi2.X64.IsSupported
        ? typeof(Bmi2.X64).GetMethod(nameof(Bmi2.X64.MultiplyNoFlags), [typeof(ulong), typeof(ulong)])!
        : Runtime(nameof(JitRuntime.MultiplyHigh));

    private static readonly Dictionary<string, FieldInfo> s_state = typeof(MachineState).GetFields(Everything).ToDictionary(field => field.Name);
    private static readonly Dictionary<string, FieldInfo> s_frame = typeof(Frame).GetFields(Everything).ToDictionary(field => field.Name);
    private static readonly Dictionary<int, MethodInfo> s_byteSwaps = new()
    {
        [16] = ByteSwap(typeof(ushort)),
        [32] = ByteSwap(typeof(uint)),
        [64] = ByteSwap(typeof(ulong)),
    };
    private static readonly Dictionary<(AtomicOp, bool), MethodInfo> s_atomics = Atomics();

    /// <summary>A field of the machine's native part.</summary>
    public static FieldInfo StateField(string name) => s_state[name];

    /// <summary>A field of a frame.</summary>
    public static FieldInfo FrameField(string name) => s_frame[name];

    /// <summary>Reverses the bytes of 16, 32 or 64 bits.</summary>
    public static MethodInfo ByteSwap(int bits) => s_byteSwaps[bits];

    /// <summary>An atomic operation on an address and an operand (for compare-and-exchange also the comparand).</summary>
    /// <remarks>It answers the old value, but for additions the new one.</remarks>
    public static MethodInfo Atomic(AtomicOp op, bool is64) => s_atomics[(op is AtomicOp.Exchange or AtomicOp.CompareExchange ? op : op & ~AtomicOp.Fetch, is64)];

    /// <summary>The jump that is taken when a comparison, but for bits in common, holds, or when it does not.</summary>
    public static OpCode Jump(JumpOp condition, bool holds) => (condition, holds) switch
    {
        (JumpOp.Jeq, true) or (JumpOp.Jne, false) => OpCodes.Beq,
        (JumpOp.Jne, true) or (JumpOp.Jeq, false) => OpCodes.Bne_Un,
        (JumpOp.Jgt, true) or (JumpOp.Jle, false) => OpCodes.Bgt_Un,
        (JumpOp.Jge, true) or (JumpOp.Jlt, false) => OpCodes.Bge_Un,
        (JumpOp.Jlt, true) or (JumpOp.Jge, false) => OpCodes.Blt_Un,
        (JumpOp.Jle, true) or (JumpOp.Jgt, false) => OpCodes.Ble_Un,
        (JumpOp.Jsgt, true) or (JumpOp.Jsle, false) => OpCodes.Bgt,
        (JumpOp.Jsge, true) or (JumpOp.Jslt, false) => OpCodes.Bge,
        (JumpOp.Jslt, true) or (JumpOp.Jsge, false) => OpCodes.Blt,
        _ => OpCodes.Ble,
    };

    private static MethodInfo Runtime(string name) => typeof(JitRuntime).GetMethod(name, Everything)!;

    private static MethodInfo ByteSwap(Type type) => typeof(BinaryPrimitives).GetMethod(nameof(BinaryPrimitives.ReverseEndianness), [type])!;

    private static Dictionary<(AtomicOp, bool), MethodInfo> Atomics()
    {
        var methods = new Dictionary<(AtomicOp, bool), MethodInfo>();
        foreach (bool is64 in new[] { false, true })
        {
            Type number = is64 ? typeof(long) : typeof(int);
            Type[] two = [number.MakeByRefType(), number];
            methods[(AtomicOp.Add, is64)] = typeof(Interlocked).GetMethod(nameof(Interlocked.Add), two)!;
            methods[(AtomicOp.Or, is64)] = typeof(Interlocked).GetMethod(nameof(Interlocked.Or), two)!;
            methods[(AtomicOp.And, is64)] = typeof(Interlocked).GetMethod(nameof(Interlocked.And), two)!;
            methods[(AtomicOp.Xor, is64)] = typeof(JitRuntime).GetMethod(nameof(JitRuntime.Xor), Everything, two)!;
            methods[(AtomicOp.Exchange, is64)] = typeof(Interlocked).GetMethod(nameof(Interlocked.Exchange), two)!;
            methods[(AtomicOp.CompareExchange, is64)] = is64
                ? typeof(Interlocked).GetMethod(nameof(Interlocked.CompareExchange), [.. two, number])!
                : typeof(JitRuntime).GetMethod(nameof(JitRuntime.CompareExchange), Everything)!;
        }
        return methods;
    }
}
