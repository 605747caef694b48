namespace Headrace.Objects;

/// <summary>What a CO-RE relocation asks of the target's types (<c>enum bpf_core_relo_kind</c>).</summary>
public enum CoreRelocationKind
{
    /// <summary>Offset of a field in bytes.</summary>
    FieldByteOffset = 0,
    /// <summary>Size of a field in bytes.</summary>
    FieldByteSize = 1,
    /// <summary>1 when the field exists.</summary>
    FieldExists = 2,
    /// <summary>1 when the field is signed.</summary>
    FieldSigned = 3,
    /// <summary>Left shift that brings a bit field to the top of 64 bits.</summary>
    FieldLeftShift = 4,
    /// <summary>Right shift that brings it down again.</summary>
    FieldRightShift = 5,
    /// <summary>Id of the type in the object's BTF.</summary>
    TypeIdLocal = 6,
    /// <summary>Id of the type in the target's BTF.</summary>
    TypeIdTarget = 7,
    /// <summary>1 when the type exists.</summary>
    TypeExists = 8,
    /// <summary>Size of the type in bytes.</summary>
    TypeSize = 9,
    /// <summary>1 when the enum has the constant.</summary>
    EnumValueExists = 10,
    /// <summary>Value of the enum's constant.</summary>
    EnumValue = 11,
    /// <summary>1 when a type exists that matches in every member.</summary>
    TypeMatches = 12,
}
