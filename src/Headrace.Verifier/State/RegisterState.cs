using Headrace.Objects;

namespace Headrace.Verifier;

/// <summary>What is known of one register, or of a register that was spilled to the stack.</summary>
/// <remarks>For pointers the variable part (<see cref="Var"/> and the ranges) is what was added to the fixed <see cref="Offset"/>.</remarks>
internal partial struct RegisterState
{
    /// <summary>What it holds.</summary>
    public RegisterKind Kind;

    /// <summary>True for a scalar that pruning must compare exactly.</summary>
    public bool Precise;

    /// <summary>The frame whose stack it points to; meaningful for <see cref="RegisterKind.Stack"/>.</summary>
    public byte FrameNumber;

    /// <summary>For linked scalars: how they relate.</summary>
    public LinkKind Link;

    /// <summary>What else is known of the pointer.</summary>
    public RegisterFlags Flags;

    /// <summary>Fixed part of a pointer's offset; for a linked scalar its constant difference to the others.</summary>
    public int Offset;

    /// <summary>Packet pointers: bytes proved behind it without its own offset; <c>int</c> below 0 marks an end compared (see BEYOND/AT end).</summary>
    public int Range;

    /// <summary>Equal for pointers that are NULL together, packet pointers of the same variable part, scalars of the same value; 0 for none.</summary>
    public int Id;

    /// <summary>The reference this pointer holds or is derived from; 0 for none.</summary>
    public int ReferenceId;

    /// <summary>Memory: its size in bytes. Function: subprogram index. BTF object: type id.</summary>
    public int Detail;

    /// <summary>Map, map value and key: tells values of different lookups in inner maps apart; 0 for outer maps.</summary>
    public int MapUid;

    /// <summary>Map, map value, map key: the map. Null otherwise.</summary>
    public MapSpec? Map;

    /// <summary>Known and unknown bits of the variable part.</summary>
    public Tnum Var;

    /// <summary>Least signed value.</summary>
    public long SMin;

    /// <summary>Greatest signed value.</summary>
    public long SMax;

    /// <summary>Least unsigned value.</summary>
    public ulong UMin;

    /// <summary>Greatest unsigned value.</summary>
    public ulong UMax;

    /// <summary>Least signed value of the low half.</summary>
    public int S32Min;

    /// <summary>Greatest signed value of the low half.</summary>
    public int S32Max;

    /// <summary>Least unsigned value of the low half.</summary>
    public uint U32Min;

    /// <summary>Greatest unsigned value of the low half.</summary>
    public uint U32Max;

    /// <summary>Dynptr: its kind and whether it is the first slot.</summary>
    public DynptrKind DynptrKind;

    /// <summary>Dynptr on the stack: true for its first slot.</summary>
    public bool DynptrFirst;

    /// <summary>Memory: the id of the dynptr it is a slice of; 0 for none. It shares its place with <see cref="MapUid"/>: memory is in no map.</summary>
    public int SliceOf
    {
        readonly get => MapUid;
        set => MapUid = value;
    }

    /// <summary>True for a pointer that may be NULL.</summary>
    public readonly bool MayBeNull => (Flags & RegisterFlags.MayBeNull) != 0;

    /// <summary>True for a pointer to the packet, its metadata.</summary>
    public readonly bool IsPacketPointer => Kind is RegisterKind.Packet or RegisterKind.PacketMeta;

    /// <summary>True when it is a number with one value.</summary>
    public readonly bool IsConstant => Kind == RegisterKind.Scalar && Var.IsConst;

    /// <summary>True when it is the number 0.</summary>
    public readonly bool IsZero => Kind == RegisterKind.Scalar && Var is { Value: 0, Mask: 0 };

    /// <summary>A pointer with nothing added to it.</summary>
    public static RegisterState Pointer(RegisterKind kind, RegisterFlags flags = RegisterFlags.None)
    {
        var register = new RegisterState { Kind = kind, Flags = flags };
        register.SetKnown(0);
        return register;
    }

    /// <summary>A number of which nothing is known.</summary>
    public static RegisterState UnknownScalar()
    {
        var register = new RegisterState { Kind = RegisterKind.Scalar };
        register.SetUnbounded();
        return register;
    }

    /// <summary>A number with one value.</summary>
    public static RegisterState Constant(ulong value)
    {
        var register = new RegisterState { Kind = RegisterKind.Scalar };
        register.SetKnown(value);
        return register;
    }

    /// <summary>Gives the variable part one value.</summary>
    public void SetKnown(ulong value)
    {
        Var = Tnum.Const(value);
        SMin = SMax = (long)value;
        UMin = UMax = value;
        S32Min = S32Max = (int)value;
        U32Min = U32Max = (uint)value;
    }

    /// <summary>Gives the variable part what is known of another's.</summary>
    public void SetNumber(in RegisterState other)
    {
        Var = other.Var;
        (SMin, SMax, UMin, UMax) = (other.SMin, other.SMax, other.UMin, other.UMax);
        (S32Min, S32Max, U32Min, U32Max) = (other.S32Min, other.S32Max, other.U32Min, other.U32Max);
    }

    /// <summary>Forgets all about the variable part.</summary>
    public void SetUnbounded()
    {
        Var = Tnum.Unknown;
        ForgetRanges();
    }

    /// <summary>Forgets the ranges and keeps the bits.</summary>
    public void ForgetRanges()
    {
        (SMin, SMax, UMin, UMax) = (long.MinValue, long.MaxValue, 0, ulong.MaxValue);
        ForgetRanges32();
    }

    /// <summary>Forgets the ranges of the low half.</summary>
    public void ForgetRanges32() => (S32Min, S32Max, U32Min, U32Max) = (int.MinValue, int.MaxValue, 0, uint.MaxValue);

    /// <summary>Forgets the ranges of the whole and keeps those of the low half.</summary>
    public void ForgetRanges64() => (SMin, SMax, UMin, UMax) = (long.MinValue, long.MaxValue, 0, ulong.MaxValue);
}
