namespace Headrace.Testing;

/// <summary>What an element of a map must hold after the packets; for per-CPU maps the sum of the 64-bit words over the CPUs. A null value: no such element.</summary>
public sealed record MapExpectation(string Map, byte[] Key, byte[]? Value);
