namespace Headrace.Testing;

/// <summary>One packet through a program.</summary>
/// <param name="Packet">The packet that goes in.</param>
/// <param name="Verdict">What the program returns.</param>
/// <param name="Expected">The packet that comes out; null when it must be the one that went in.</param>
public sealed record ScenarioStep(byte[] Packet, uint Verdict, byte[]? Expected = null);
