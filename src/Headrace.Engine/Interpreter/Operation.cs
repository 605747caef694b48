namespace Headrace.Engine;

/// <summary>What the interpreter switches over: one dense number for each operation, width and kind of operand.</summary>
/// <remarks>Suffixes: 64 and 32 for the width, K for an immediate and X for a register as second operand.</remarks>
internal enum Operation : ushort
{
    /// <summary>The second slot of a wide load: never reached.</summary>
    Unreachable,
    Nop,
    Add64K, Add64X, Add32K, Add32X,
    Sub64K, Sub64X, Sub32K, Sub32X,
    Mul64K, Mul64X, Mul32K, Mul32X,
    Div64K, Div64X, Div32K, Div32X,
    SDiv64K, SDiv64X, SDiv32K, SDiv32X,
    Mod64K, Mod64X, Mod32K, Mod32X,
    SMod64K, SMod64X, SMod32K, SMod32X,
    Or64K, Or64X, Or32K, Or32X,
    And64K, And64X, And32K, And32X,
    Xor64K, Xor64X, Xor32K, Xor32X,
    Lsh64K, Lsh64X, Lsh32K, Lsh32X,
    Rsh64K, Rsh64X, Rsh32K, Rsh32X,
    Arsh64K, Arsh64X, Arsh32K, Arsh32X,
    Mov64K, Mov64X, Mov32K, Mov32X,
    Neg64, Neg32, MovSx8To64, MovSx16To64, MovSx32To64, MovSx8To32, MovSx16To32,
    ToLe16, ToLe32, Swap16, Swap32, Swap64,
    WideLoad, Jump, MayGoto,
    Jeq64K, Jeq64X, Jeq32K, Jeq32X,
    Jne64K, Jne64X, Jne32K, Jne32X,
    Jgt64K, Jgt64X, Jgt32K, Jgt32X,
    Jge64K, Jge64X, Jge32K, Jge32X,
    Jlt64K, Jlt64X, Jlt32K, Jlt32X,
    Jle64K, Jle64X, Jle32K, Jle32X,
    Jsgt64K, Jsgt64X, Jsgt32K, Jsgt32X,
    Jsge64K, Jsge64X, Jsge32K, Jsge32X,
    Jslt64K, Jslt64X, Jslt32K, Jslt32X,
    Jsle64K, Jsle64X, Jsle32K, Jsle32X,
    Jset64K, Jset64X, Jset32K, Jset32X,
    LoadByte, LoadHalf, LoadWord, LoadDouble, LoadSignedByte, LoadSignedHalf, LoadSignedWord,
    StoreByteK, StoreHalfK, StoreWordK, StoreDoubleK, StoreByteX, StoreHalfX, StoreWordX, StoreDoubleX,
    Atomic32, Atomic64, LoadAcquire, StoreRelease, LoadPacketAbsolute, LoadPacketIndirect,
    CallHelper, CallLocal, TailCall, CallIdentity, Exit,
}
