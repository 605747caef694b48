namespace Headrace.Dataflow;

/// <summary>What an actor does when it fires.</summary>
/// <remarks>With <see cref="Actor.Is32"/> arithmetic takes the low 32 bits of its inputs and its result is zero above them.</remarks>
public enum ActorKind : byte
{
    /// <summary>The number <see cref="Actor.Immediate"/>. Always there: no token moves.</summary>
    Constant,
    /// <summary>Argument register <see cref="Actor.Immediate"/> (1 to 5) of the function.</summary>
    Parameter,
    /// <summary>R10: the end of a stack frame; <see cref="Actor.Immediate"/> counts frames below the function's own.</summary>
    FramePointer,
    /// <summary>The map <see cref="Actor.Map"/> itself.</summary>
    MapHandle,
    /// <summary>Byte <see cref="Actor.Immediate"/> of the only value of map <see cref="Actor.Map"/> (a data section).</summary>
    MapValueAddress,
    /// <summary>The address of element <see cref="Actor.Immediate"/> of array <see cref="Actor.Map"/>; of this processor's where each has its own.</summary>
    ElementAddress,
    /// <summary>The function that starts at slot <see cref="Actor.Immediate"/>, for helpers that call back.</summary>
    FunctionAddress,

    /// <summary>a + b</summary>
    Add,
    /// <summary>a - b</summary>
    Subtract,
    /// <summary>a * b</summary>
    Multiply,
    /// <summary>The upper 64 bits of the 128-bit product, unsigned.</summary>
    MultiplyHigh,
    /// <summary>a / b, unsigned; 0 when b is 0.</summary>
    Divide,
    /// <summary>a / b, signed; 0 when b is 0.</summary>
    DivideSigned,
    /// <summary>a % b, unsigned; a when b is 0.</summary>
    Remainder,
    /// <summary>a % b, signed; a when b is 0.</summary>
    RemainderSigned,
    /// <summary>a &amp; b</summary>
    And,
    /// <summary>a | b</summary>
    Or,
    /// <summary>a ^ b</summary>
    Xor,
    /// <summary>a &lt;&lt; b, b modulo the width.</summary>
    ShiftLeft,
    /// <summary>a &gt;&gt; b, zeros shifted in.</summary>
    ShiftRight,
    /// <summary>a &gt;&gt; b, the sign shifted in.</summary>
    ShiftRightSigned,
    /// <summary>-a</summary>
    Negate,
    /// <summary>The low <see cref="Actor.Size"/> bytes of a in the opposite order, zeros above.</summary>
    ByteSwap,
    /// <summary>The low <see cref="Actor.Size"/> bytes of a, zeros or (<see cref="Actor.Signed"/>) the sign above.</summary>
    Extend,
    /// <summary>1 when a <see cref="Actor.Condition"/> b, else 0.</summary>
    Compare,
    /// <summary>a when the condition (first input) is not 0, else b.</summary>
    Select,
    /// <summary>The input that belongs to the way by which control came: one for each of the block's predecessors.</summary>
    Merge,

    /// <summary>Loads <see cref="Actor.Size"/> bytes at address a + <see cref="Actor.Immediate"/>.</summary>
    Load,
    /// <summary>Stores the low <see cref="Actor.Size"/> bytes of b at a + <see cref="Actor.Immediate"/>.</summary>
    Store,
    /// <summary>Copies <see cref="Actor.Length"/> bytes to a + <see cref="Actor.Immediate"/> from b + <see cref="Actor.Immediate2"/>.</summary>
    CopyBytes,
    /// <summary>Sets <see cref="Actor.Length"/> bytes at a + <see cref="Actor.Immediate"/> to zero.</summary>
    ClearBytes,
    /// <summary>Atomic operation at a + <see cref="Actor.Immediate"/> with operand b (and c to compare with); gives the old value.</summary>
    Atomic,
    /// <summary>Legacy packet access at <see cref="Actor.Immediate"/> plus the input: host order, or <see cref="Actor.OutsidePacket"/>.</summary>
    PacketLoad,

    /// <summary>Calls helper <see cref="Actor.Helper"/>.</summary>
    Helper,
    /// <summary>Calls the function that starts at slot <see cref="Actor.Immediate"/>.</summary>
    Call,
    /// <summary>may_goto: 1 once the loops of this call of the function have used up their rounds, 0 before.</summary>
    LoopBudget,

    /// <summary>Ends a block: goes on at its only exit.</summary>
    Goto,
    /// <summary>Ends a block: exit 0 when the input is not 0, exit 1 when it is.</summary>
    Branch,
    /// <summary>Ends a block: runs another program in the place of this one; goes on at its only exit where that is not possible.</summary>
    TailCall,
    /// <summary>Ends a block and the function with a result.</summary>
    Return,
}
