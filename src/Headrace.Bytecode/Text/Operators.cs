namespace Headrace.Bytecode;

/// <summary>The operators of the kernel's log, for both directions.</summary>
internal static class Operators
{
    private static readonly (AluOp Op, bool Signed, string Text)[] s_alu =
    [
        (AluOp.Add, false, "+="), (AluOp.Sub, false, "-="), (AluOp.Mul, false, "*="), (AluOp.Div, false, "/="), (AluOp.Div, true, "s/="),
        (AluOp.Or, false, "|="), (AluOp.And, false, "&="), (AluOp.Lsh, false, "<<="), (AluOp.Rsh, false, ">>="), (AluOp.Mod, false, "%="),
        (AluOp.Mod, true, "s%="), (AluOp.Xor, false, "^="), (AluOp.Mov, false, "="), (AluOp.Arsh, false, "s>>="),
    ];

    private static readonly (JumpOp Op, string Text)[] s_jump =
    [
        (JumpOp.Jeq, "=="), (JumpOp.Jgt, ">"), (JumpOp.Jge, ">="), (JumpOp.Jset, "&"), (JumpOp.Jne, "!="), (JumpOp.Jsgt, "s>"),
        (JumpOp.Jsge, "s>="), (JumpOp.Jlt, "<"), (JumpOp.Jle, "<="), (JumpOp.Jslt, "s<"), (JumpOp.Jsle, "s<="),
    ];

    private static readonly (AtomicOp Op, string Operator, string Name)[] s_atomic =
        [(AtomicOp.Add, "+=", "add"), (AtomicOp.Or, "|=", "or"), (AtomicOp.And, "&=", "and"), (AtomicOp.Xor, "^=", "xor")];

    /// <summary>The operator of an arithmetic operation, or null when it is written otherwise (negation, byte swap).</summary>
    public static string? Alu(AluOp op, bool signed)
    {
        foreach ((AluOp candidate, bool isSigned, string text) in s_alu)
        {
            if (candidate == op && (isSigned == signed || op is not (AluOp.Div or AluOp.Mod)))
                return text;
        }
        return null;
    }

    /// <summary>The arithmetic operation of an operator.</summary>
    public static (AluOp Op, bool Signed)? Alu(string text)
    {
        foreach ((AluOp op, bool signed, string candidate) in s_alu)
        {
            if (candidate == text)
                return (op, signed);
        }
        return null;
    }

    /// <summary>The comparison of a conditional jump, or null for any other jump.</summary>
    public static string? Jump(JumpOp op)
    {
        foreach ((JumpOp candidate, string text) in s_jump)
        {
            if (candidate == op)
                return text;
        }
        return null;
    }

    /// <summary>The conditional jump of a comparison.</summary>
    public static JumpOp? Jump(string text)
    {
        foreach ((JumpOp op, string candidate) in s_jump)
        {
            if (candidate == text)
                return op;
        }
        return null;
    }

    /// <summary>The operator of an atomic operation that fetches nothing, or null.</summary>
    public static string? Atomic(AtomicOp op)
    {
        foreach ((AtomicOp candidate, string text, _) in s_atomic)
        {
            if (candidate == op)
                return text;
        }
        return null;
    }

    /// <summary>The atomic operation of an operator.</summary>
    public static AtomicOp? Atomic(string text)
    {
        foreach ((AtomicOp op, string candidate, _) in s_atomic)
        {
            if (candidate == text)
                return op;
        }
        return null;
    }

    /// <summary>The name of a fetching operation inside <c>atomic_fetch_NAME</c>, or null.</summary>
    public static string? AtomicFetch(AtomicOp op)
    {
        foreach ((AtomicOp candidate, _, string name) in s_atomic)
        {
            if ((candidate | AtomicOp.Fetch) == op)
                return name;
        }
        return null;
    }

    /// <summary>The fetching operation of a name such as <c>add</c>.</summary>
    public static AtomicOp? AtomicFetch(string name)
    {
        foreach ((AtomicOp op, _, string candidate) in s_atomic)
        {
            if (candidate == name)
                return op | AtomicOp.Fetch;
        }
        return null;
    }

    /// <summary>The type of an access as the log writes it: u8, u16, u32, u64, or s8, s16, s32.</summary>
    public static string Type(AccessSize size, bool signed) => size switch
    {
        AccessSize.Byte => signed ? "s8" : "u8",
        AccessSize.Half => signed ? "s16" : "u16",
        AccessSize.Word => signed ? "s32" : "u32",
        _ => signed ? "s64" : "u64",
    };

    /// <summary>The access of a type such as <c>u32</c>.</summary>
    public static (AccessSize Size, bool Signed)? Type(string text) => text switch
    {
        "u8" => (AccessSize.Byte, false),
        "u16" => (AccessSize.Half, false),
        "u32" => (AccessSize.Word, false),
        "u64" => (AccessSize.Double, false),
        "s8" => (AccessSize.Byte, true),
        "s16" => (AccessSize.Half, true),
        "s32" => (AccessSize.Word, true),
        _ => null,
    };
}
