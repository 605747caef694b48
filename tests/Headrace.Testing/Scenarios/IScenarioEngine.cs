namespace Headrace.Testing;

/// <summary>A loaded program on some engine, as far as a scenario needs it.</summary>
public interface IScenarioEngine : IDisposable
{
    /// <summary>Runs the program on one packet.</summary>
    (uint Verdict, byte[] Packet) Run(byte[] packet);

    /// <summary>The value of an element, for per-CPU maps those of all CPUs, each rounded up to 8 bytes; null when there is none.</summary>
    byte[]? Lookup(string map, byte[] key);
}
