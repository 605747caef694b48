namespace Headrace.Bytecode;

/// <summary>What the offset field of an instruction may hold.</summary>
internal enum OffsetRule : byte
{
    /// <summary>Reserved: zero.</summary>
    Zero,
    /// <summary>A displacement in bytes.</summary>
    Displacement,
    /// <summary>A jump distance in slots.</summary>
    Jump,
    /// <summary>0 for unsigned, 1 for signed division.</summary>
    Signedness,
    /// <summary>0 for a plain move, or the width it sign-extends from.</summary>
    SignExtension,
    /// <summary>Zero, but for a kfunc, where it says which BTF the id belongs to.</summary>
    KfuncBtf,
}
