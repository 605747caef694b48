namespace Headrace.Engine;

/// <summary>A piece of a format: literal text, or one conversion with its flags.</summary>
internal struct FormatItem
{
    /// <summary>True for a conversion, false for literal text.</summary>
    public bool IsConversion;
    /// <summary>Literal text: first character.</summary>
    public int Start;
    /// <summary>Literal text: number of characters.</summary>
    public int Length;
    /// <summary>What is printed.</summary>
    public FormatConversion Conversion;
    /// <summary>Of the <c>%p</c> family.</summary>
    public bool IsPointer;
    /// <summary>The argument has 64 bits.</summary>
    public bool IsLong;
    /// <summary>Punctuated form of an address (<c>%pI</c> beside <c>%pi</c>).</summary>
    public bool Punctuated;
    /// <summary><c>-</c>: pad at the right.</summary>
    public bool Left;
    /// <summary><c>0</c>: pad with zeros.</summary>
    public bool Zero;
    /// <summary><c>+</c>: print the sign of positive numbers.</summary>
    public bool Plus;
    /// <summary>Space in the place of a positive sign.</summary>
    public bool Space;
    /// <summary>Least number of characters, -1 when not given.</summary>
    public int Width;
}
