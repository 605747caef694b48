using System.Globalization;
using System.Text.Json;

namespace Headrace.Objects;

/// <summary>Writes a value as JSON: structs as objects, constants of enums by name, addresses as hexadecimal text.</summary>
internal sealed class BtfJsonSink(Utf8JsonWriter writer) : IBtfValueSink
{
    public void BeginStruct() => writer.WriteStartObject();

    public void EndStruct() => writer.WriteEndObject();

    public void BeginArray() => writer.WriteStartArray();

    public void EndArray() => writer.WriteEndArray();

    public void Member(string name) => writer.WritePropertyName(name);

    public void Number(Int128 value) => writer.WriteRawValue(value.ToString(CultureInfo.InvariantCulture), skipInputValidation: true);

    public void Number(double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }

    public void Boolean(bool value) => writer.WriteBooleanValue(value);

    public void Constant(string name) => writer.WriteStringValue(name);

    public void Text(string text) => writer.WriteStringValue(text);

    public void Address(ulong value) => writer.WriteStringValue($"0x{value:x}");
}
