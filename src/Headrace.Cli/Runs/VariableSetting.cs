using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Headrace.Bytecode;
using Headrace.Objects;

namespace Headrace.Cli.Runs;

/// <summary>A global variable given on the command line: <c>NAME=42</c>, <c>NAME=0x2a</c>, <c>NAME=-1</c>, <c>NAME=true</c> or <c>NAME=hex:bytes</c>.</summary>
internal static class VariableSetting
{
    /// <summary>Sets the variable before the object is loaded.</summary>
    /// <exception cref="UsageException">The argument has no NAME=VALUE form.</exception>
    /// <exception cref="HeadraceException">There is no such variable, or the value does not fit it.</exception>
    public static void Apply(string argument, CollectionSpec spec)
    {
        int equals = argument.IndexOf('=');
        if (equals <= 0)
            throw new UsageException($"--set {argument}: the form is NAME=VALUE");
        string name = argument[..equals], value = argument[(equals + 1)..];
        if (!spec.Variables.Contains(name))
            throw new HeadraceException($"{spec.Source} has no global '{name}'; it has: {string.Join(", ", spec.Variables.Select(variable => variable.Name))}");
        VariableSpec variable = spec.Variables[name];
        byte[] bytes = value.StartsWith("hex:", StringComparison.Ordinal) ? Hex.Parse(value[4..], $"--set {name}") : Number(name, value, variable.Size);
        if (bytes.Length != variable.Size)
            throw new HeadraceException($"--set {name}: {bytes.Length} bytes are given, the variable has {variable.Size}");
        bytes.CopyTo(variable.Bytes);
    }

    private static byte[] Number(string name, string value, int size)
    {
        BigInteger number;
        if (value is "true" or "false")
            number = value == "true" ? 1 : 0;
        else if (value.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? !BigInteger.TryParse("0" + value[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out number)
            : !BigInteger.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number))
            throw new HeadraceException($"--set {name}: '{value}' is no number (bytes are written hex:...)");
        if (size > sizeof(ulong))
            throw new HeadraceException($"--set {name}: the variable has {size} bytes: give them as hex:...");
        int bits = size * 8;
        if (number < -(BigInteger.One << (bits - 1)) || number >= BigInteger.One << bits)
            throw new HeadraceException($"--set {name}: {value} does not fit {size} bytes");
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(number & ulong.MaxValue));
        return bytes[..size];
    }
}
