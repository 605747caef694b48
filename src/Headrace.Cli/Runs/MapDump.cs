using Headrace.Bytecode;

namespace Headrace.Cli.Runs;

/// <summary>What a map holds.</summary>
/// <param name="Name">The map's name.</param>
/// <param name="Type">Its kind.</param>
/// <param name="MaxEntries">How many elements it can hold.</param>
/// <param name="Entries">Its elements; for maps without keys (queues, ring buffers) the keys are empty.</param>
internal sealed record MapDump(string Name, MapType Type, uint MaxEntries, IReadOnlyList<MapDumpEntry> Entries);

/// <summary>One element of a map.</summary>
/// <param name="Key">The key's bytes.</param>
/// <param name="Values">The value's bytes; one a CPU for per-CPU maps.</param>
internal sealed record MapDumpEntry(byte[] Key, IReadOnlyList<byte[]> Values);
