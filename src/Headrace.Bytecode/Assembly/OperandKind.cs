namespace Headrace.Bytecode;

/// <summary>What an instruction refers to by a name that the assembler still has to resolve.</summary>
internal enum OperandKind : byte
{
    /// <summary>Nothing: the instruction is complete.</summary>
    None,
    /// <summary>The label a jump goes to.</summary>
    Label,
    /// <summary>The function a call goes to, or a helper or kfunc of that name.</summary>
    Call,
    /// <summary>The function whose address is taken.</summary>
    FunctionAddress,
    /// <summary>A map.</summary>
    Map,
    /// <summary>A place in the value of a map: for a data section's map, a place in the section.</summary>
    MapValue,
    /// <summary>A variable.</summary>
    Variable,
}
