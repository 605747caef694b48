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
