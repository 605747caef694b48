namespace Headrace.Verifier;

/// <summary>Accesses to a range of a kernel structure that are allowed: those aligned to their own size, of a size listed, and wholly inside.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">The byte behind the last.</param>
/// <param name="Sizes">Allowed sizes in bytes, or-ed: 1, 2, 4 and 8 are bits of their own.</param>
/// <param name="IsWrite">True for stores, false for loads.</param>
/// <param name="Kind">What a load gives.</param>
/// <param name="Flags">Flags of a pointer that is loaded.</param>
internal readonly record struct FieldRule(
    int Start, int End, int Sizes, bool IsWrite, RegisterKind Kind = RegisterKind.Scalar, RegisterFlags Flags = RegisterFlags.None)
{
    /// <summary>Any aligned access of up to 4 bytes.</summary>
    public const int UpTo4 = 1 | 2 | 4;

    /// <summary>Any aligned access.</summary>
    public const int UpTo8 = 1 | 2 | 4 | 8;

    /// <summary>True when the rule allows the access.</summary>
    public bool Allows(int offset, int size, bool isWrite) =>
        isWrite == IsWrite && (size & Sizes) != 0 && offset >= Start && offset + size <= End && offset % size == 0;

    /// <summary>Loads of numbers.</summary>
    public static FieldRule Read(int start, int end, int sizes) => new(start, end, sizes, IsWrite: false);

    /// <summary>Stores of numbers.</summary>
    public static FieldRule Write(int start, int end, int sizes) => new(start, end, sizes, IsWrite: true);

    /// <summary>The load of a whole field that gives a pointer.</summary>
    public static FieldRule Pointer(int offset, int size, RegisterKind kind, RegisterFlags flags = RegisterFlags.None) =>
        new(offset, offset + size, size, IsWrite: false, kind, flags);
}
