namespace Headrace.Bytecode;

/// <summary>What the immediate of a call means: its source register field (RFC 9669, section 4.3.1).</summary>
public enum CallKind : byte
{
    /// <summary>A helper by number.</summary>
    Helper = 0,
    /// <summary>A local function, as an offset in slots from the next instruction.</summary>
    Local = 1,
    /// <summary>A kernel function by BTF id.</summary>
    Kfunc = 2,
}
