namespace Headrace.Objects;

/// <summary>An integer.</summary>
/// <param name="Name">Name such as <c>unsigned int</c>.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Bits">Bits that count; less than the size says in old bit fields.</param>
/// <param name="BitOffset">First bit that counts.</param>
/// <param name="Encoding">How to read them.</param>
public sealed record BtfInt(string Name, int Size, int Bits, int BitOffset, BtfIntEncoding Encoding) : BtfType(BtfKind.Int, Name)
{
    /// <summary>True when the highest bit is a sign.</summary>
    public bool IsSigned => (Encoding & BtfIntEncoding.Signed) != 0;
}
