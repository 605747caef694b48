namespace Headrace.Linux;

/// <summary>Takes one record, whose bytes are valid until it returns.</summary>
public delegate void RecordHandler(ReadOnlySpan<byte> record);
