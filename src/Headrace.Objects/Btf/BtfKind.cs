namespace Headrace.Objects;

/// <summary>Kinds of BTF types (<c>BTF_KIND_*</c>; kernel documentation, bpf/btf.rst).</summary>
public enum BtfKind : byte
{
    /// <summary>No type; the type with id 0.</summary>
    Void = 0,
    /// <summary>Integer.</summary>
    Int = 1,
    /// <summary>Pointer.</summary>
    Pointer = 2,
    /// <summary>Array.</summary>
    Array = 3,
    /// <summary>struct</summary>
    Struct = 4,
    /// <summary>union</summary>
    Union = 5,
    /// <summary>enum of 32 bits or less</summary>
    Enum = 6,
    /// <summary>Forward declaration of a struct or union.</summary>
    Forward = 7,
    /// <summary>typedef</summary>
    Typedef = 8,
    /// <summary>volatile</summary>
    Volatile = 9,
    /// <summary>const</summary>
    Const = 10,
    /// <summary>restrict</summary>
    Restrict = 11,
    /// <summary>Function with a name.</summary>
    Function = 12,
    /// <summary>Parameters and return type of a function.</summary>
    Prototype = 13,
    /// <summary>Variable.</summary>
    Variable = 14,
    /// <summary>ELF section and the variables inside it.</summary>
    DataSection = 15,
    /// <summary>Floating-point number.</summary>
    Float = 16,
    /// <summary>Tag of a declaration (<c>btf_decl_tag</c>).</summary>
    DeclarationTag = 17,
    /// <summary>Tag of a type (<c>btf_type_tag</c>).</summary>
    TypeTag = 18,
    /// <summary>enum of up to 64 bits</summary>
    Enum64 = 19,
}
