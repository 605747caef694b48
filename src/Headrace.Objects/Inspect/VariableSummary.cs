namespace Headrace.Objects;

/// <summary>A global variable in short.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Section">The section it lies in.</param>
/// <param name="Declaration">Its declaration in C; empty without BTF.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Value">Its first value as a C initialiser, cut when long; bytes in hexadecimal without BTF.</param>
/// <param name="IsConstant">True when programs cannot change it.</param>
public sealed record VariableSummary(string Name, string Section, string Declaration, int Size, string Value, bool IsConstant)
{
    private const int MaxValueLength = 200;
    private const int MaxValueBytes = 1024;

    /// <summary>Summarises a variable of a collection.</summary>
    public static VariableSummary Of(CollectionSpec spec, VariableSpec variable)
    {
        string declaration = spec.Types is { } types && variable.TypeId != 0 ? new BtfFormatter(types).Declare(variable.TypeId, variable.Name) : "";
        return new VariableSummary(variable.Name, variable.Map.Name, declaration, variable.Size, ValueOf(spec, variable), variable.IsConstant);
    }

    private static string ValueOf(CollectionSpec spec, VariableSpec variable)
    {
        ReadOnlySpan<byte> bytes = variable.Bytes;
        if (bytes.Length > MaxValueBytes)
            return bytes.ContainsAnyExcept((byte)0) ? $"{bytes.Length} bytes" : $"{bytes.Length} bytes of 0";
        string text = spec.Types is { } types && variable.TypeId != 0 && types.TrySizeOf(variable.TypeId) <= bytes.Length
            ? BtfValues.Format(types, variable.TypeId, bytes)
            : Convert.ToHexStringLower(bytes);
        return text.Length <= MaxValueLength ? text : text[..MaxValueLength] + "...";
    }
}
