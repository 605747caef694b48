namespace Headrace.Bindings.Shapes;

/// <summary>A struct, union or enum.</summary>
/// <param name="Key">What names it in the object: <c>struct:flow</c>, <c>enum:action</c>, <c>struct:flow.inner</c> where it has no name of its own.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="IsSigned">For an enum: true when negative values are meant.</param>
/// <param name="IsUsed">True when a map or a variable needs it; others are there for those who ask for them by name.</param>
/// <param name="Members">Its members or constants in order.</param>
internal sealed record TypeShape(string Key, long Size, bool IsSigned, bool IsUsed, List<MemberShape> Members)
{
    /// <summary><c>struct</c>, <c>union</c> or <c>enum</c>.</summary>
    public string Kind => Key.Substring(0, Key.IndexOf(':'));

    /// <summary>Its name in C.</summary>
    public string Name => Key.Substring(Key.IndexOf(':') + 1);

    /// <summary>The two in C's order.</summary>
    public string Title => $"{Kind} '{Name}'";

    /// <summary>True for an enum.</summary>
    public bool IsEnum => Kind == "enum";
}
