namespace Headrace.Engine;

/// <summary>What a conversion of a format prints.</summary>
internal enum FormatConversion : byte
{
    /// <summary><c>%d</c>, <c>%i</c>.</summary>
    Signed,
    /// <summary><c>%u</c>.</summary>
    Unsigned,
    /// <summary><c>%x</c>.</summary>
    LowerHex,
    /// <summary><c>%X</c>.</summary>
    UpperHex,
    /// <summary><c>%c</c>.</summary>
    Character,
    /// <summary><c>%s</c>, <c>%pks</c>, <c>%pus</c>.</summary>
    String,
    /// <summary><c>%p</c>, <c>%pK</c>: a number that stands for the pointer.</summary>
    HashedPointer,
    /// <summary><c>%px</c>.</summary>
    Pointer,
    /// <summary><c>%ps</c>, <c>%pS</c>, <c>%pB</c>: the symbol, and outside the kernel the bare address.</summary>
    Symbol,
    /// <summary><c>%pi4</c>, <c>%pI4</c>.</summary>
    Ipv4,
    /// <summary><c>%pi6</c>, <c>%pI6</c>.</summary>
    Ipv6,
}
