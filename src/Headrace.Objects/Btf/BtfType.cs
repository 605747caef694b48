using System.Collections.Immutable;

namespace Headrace.Objects;

/// <summary>One BTF type (kernel documentation, bpf/btf.rst). Other types are named by id in the same <see cref="Btf"/>; 0 is void.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name; empty when it has none.</param>
public abstract record BtfType(BtfKind Kind, string Name)
{
    /// <summary>The type this one refers to, for the kinds that refer to exactly one; otherwise 0.</summary>
    public virtual int Target => 0;

    /// <summary>True for typedef, const, volatile, restrict and type tags, which do not change what the bytes mean.</summary>
    public bool IsModifier => Kind is BtfKind.Typedef or BtfKind.Const or BtfKind.Volatile or BtfKind.Restrict or BtfKind.TypeTag;

    /// <summary>True for struct and union.</summary>
    public bool IsComposite => Kind is BtfKind.Struct or BtfKind.Union;

    /// <summary>True for enums of either size.</summary>
    public bool IsEnum => Kind is BtfKind.Enum or BtfKind.Enum64;
}

/// <summary>No type: id 0.</summary>
public sealed record BtfVoid() : BtfType(BtfKind.Void, "")
{
    /// <summary>The only one.</summary>
    public static BtfVoid Instance { get; } = new();
}

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

/// <summary>A pointer: 8 bytes.</summary>
/// <param name="TypeId">What it points to.</param>
public sealed record BtfPointer(int TypeId) : BtfType(BtfKind.Pointer, "")
{
    /// <inheritdoc/>
    public override int Target => TypeId;
}

/// <summary>typedef, const, volatile, restrict or a type tag in front of another type.</summary>
/// <param name="Kind">Which one.</param>
/// <param name="Name">Name of a typedef, text of a type tag; empty otherwise.</param>
/// <param name="TypeId">The type behind it.</param>
public sealed record BtfModifier(BtfKind Kind, string Name, int TypeId) : BtfType(Kind, Name)
{
    /// <inheritdoc/>
    public override int Target => TypeId;
}

/// <summary>An array.</summary>
/// <param name="ElementTypeId">Type of an element.</param>
/// <param name="IndexTypeId">Type of the index.</param>
/// <param name="Count">Number of elements; 0 for a flexible array.</param>
public sealed record BtfArray(int ElementTypeId, int IndexTypeId, uint Count) : BtfType(BtfKind.Array, "")
{
    /// <inheritdoc/>
    public override int Target => ElementTypeId;
}

/// <summary>A struct or union.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Name">Its tag; empty when anonymous.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Members">Its members in order.</param>
public sealed record BtfComposite(BtfKind Kind, string Name, int Size, ImmutableArray<BtfMember> Members) : BtfType(Kind, Name);

/// <summary>A member of a struct or union.</summary>
/// <param name="Name">Its name; empty for an anonymous struct or union, whose members count as the outer one's.</param>
/// <param name="TypeId">Its type.</param>
/// <param name="BitOffset">Where it starts, in bits.</param>
/// <param name="BitSize">Width of a bit field; 0 for a plain member.</param>
public readonly record struct BtfMember(string Name, int TypeId, uint BitOffset, int BitSize);

/// <summary>An enum.</summary>
/// <param name="Kind"><see cref="BtfKind.Enum"/> or <see cref="BtfKind.Enum64"/>.</param>
/// <param name="Name">Its tag; empty when anonymous.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="IsSigned">True when negative values are meant.</param>
/// <param name="Values">Its constants in order.</param>
public sealed record BtfEnum(BtfKind Kind, string Name, int Size, bool IsSigned, ImmutableArray<BtfEnumerator> Values) : BtfType(Kind, Name);

/// <summary>A constant of an enum.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, extended to 64 bits as the enum's sign says.</param>
public readonly record struct BtfEnumerator(string Name, long Value);

/// <summary>A struct or union that is declared and not defined.</summary>
/// <param name="Name">Its tag.</param>
/// <param name="IsUnion">True for a union.</param>
public sealed record BtfForward(string Name, bool IsUnion) : BtfType(BtfKind.Forward, Name);

/// <summary>A function.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TypeId">Its prototype.</param>
/// <param name="Linkage">Who sees it.</param>
public sealed record BtfFunction(string Name, int TypeId, BtfLinkage Linkage) : BtfType(BtfKind.Function, Name)
{
    /// <inheritdoc/>
    public override int Target => TypeId;
}

/// <summary>What a function takes and returns.</summary>
/// <param name="ReturnTypeId">Its result; 0 for none.</param>
/// <param name="Parameters">Its parameters; a last one without name and type stands for <c>...</c>.</param>
public sealed record BtfPrototype(int ReturnTypeId, ImmutableArray<BtfParameter> Parameters) : BtfType(BtfKind.Prototype, "")
{
    /// <inheritdoc/>
    public override int Target => ReturnTypeId;
}

/// <summary>A parameter of a function.</summary>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="TypeId">Its type.</param>
public readonly record struct BtfParameter(string Name, int TypeId);

/// <summary>A variable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TypeId">Its type.</param>
/// <param name="Linkage">Who sees it.</param>
public sealed record BtfVariable(string Name, int TypeId, BtfLinkage Linkage) : BtfType(BtfKind.Variable, Name)
{
    /// <inheritdoc/>
    public override int Target => TypeId;
}

/// <summary>An ELF section and its variables.</summary>
/// <param name="Name">The section's name.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Variables">What lies in it, in the order of the blob.</param>
public sealed record BtfDataSection(string Name, int Size, ImmutableArray<BtfSectionVariable> Variables) : BtfType(BtfKind.DataSection, Name);

/// <summary>A variable's place in its section.</summary>
/// <param name="TypeId">The <see cref="BtfVariable"/>, or a <see cref="BtfFunction"/> in <c>.ksyms</c>.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Size">Size in bytes.</param>
public readonly record struct BtfSectionVariable(int TypeId, uint Offset, uint Size);

/// <summary>A floating-point number.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Size">Size in bytes.</param>
public sealed record BtfFloat(string Name, int Size) : BtfType(BtfKind.Float, Name);

/// <summary>A tag on a declaration.</summary>
/// <param name="Name">The tag's text.</param>
/// <param name="TypeId">What is tagged.</param>
/// <param name="Component">Member or parameter that is tagged; -1 for the whole.</param>
public sealed record BtfDeclarationTag(string Name, int TypeId, int Component) : BtfType(BtfKind.DeclarationTag, Name)
{
    /// <inheritdoc/>
    public override int Target => TypeId;
}
