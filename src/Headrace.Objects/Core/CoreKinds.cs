namespace Headrace.Objects.Core;

/// <summary>The three families of CO-RE relocations.</summary>
internal static class CoreKinds
{
    public static bool IsType(CoreRelocationKind kind) => kind is CoreRelocationKind.TypeIdLocal or CoreRelocationKind.TypeIdTarget or
        CoreRelocationKind.TypeExists or CoreRelocationKind.TypeSize or CoreRelocationKind.TypeMatches;

    public static bool IsEnumValue(CoreRelocationKind kind) => kind is CoreRelocationKind.EnumValueExists or CoreRelocationKind.EnumValue;

    public static bool IsField(CoreRelocationKind kind) => !IsType(kind) && !IsEnumValue(kind);
}
