namespace Headrace.Objects;

/// <summary>Receives a value part by part: a writer of text or of JSON.</summary>
internal interface IBtfValueSink
{
    void BeginStruct();

    void EndStruct();

    void BeginArray();

    void EndArray();

    /// <summary>The member whose value follows.</summary>
    void Member(string name);

    void Number(Int128 value);

    void Number(double value);

    void Boolean(bool value);

    void Constant(string name);

    void Text(string text);

    void Address(ulong value);
}
