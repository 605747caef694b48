using System.Globalization;
using System.Text;

namespace Headrace.Objects;

/// <summary>Writes a value as a C initialiser on one line.</summary>
internal sealed class BtfTextSink : IBtfValueSink
{
    private readonly StringBuilder _text = new();
    private bool _named;

    public override string ToString() => _text.ToString();

    public void BeginStruct() => Begin();

    public void EndStruct() => End();

    public void BeginArray() => Begin();

    public void EndArray() => End();

    public void Member(string name)
    {
        Separate();
        _text.Append('.').Append(name).Append(" = ");
        _named = true;
    }

    public void Number(Int128 value) => Put(value.ToString(CultureInfo.InvariantCulture));

    public void Number(double value) => Put(value.ToString(CultureInfo.InvariantCulture));

    public void Boolean(bool value) => Put(value ? "true" : "false");

    public void Constant(string name) => Put(name);

    public void Text(string text) => Put("\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"");

    public void Address(ulong value) => Put($"0x{value:x}");

    private void Put(string value)
    {
        Separate();
        _text.Append(value);
        _named = false;
    }

    private void Begin()
    {
        Separate();
        _text.Append("{ ");
        _named = false;
    }

    private void End() => _text.Append(_text[^2] == '{' ? "}" : " }");

    private void Separate()
    {
        if (!_named && _text.Length > 0 && !(_text[^1] == ' ' && _text[^2] == '{'))
            _text.Append(", ");
    }
}
