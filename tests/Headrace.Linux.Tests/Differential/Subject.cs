using Headrace.Engine;

namespace Headrace.Linux.Tests.Differential;

/// <summary>One place where a program runs, loaded and with packets of its own, to be compared with the others.</summary>
internal abstract class Subject(string name) : IDisposable
{
    /// <summary>The place, for messages.</summary>
    public string Name { get; } = name;

    /// <summary>The packets: before a run as they came, after it as the program left them.</summary>
    public abstract PacketBurst Packets { get; }

    /// <summary>Why the program was stopped, or null.</summary>
    public string? Fault { get; protected set; }

    /// <summary>Runs the program over the packets.</summary>
    public abstract void Run();

    /// <summary>Every element of a map; null where elements cannot be listed.</summary>
    public abstract IEnumerable<KeyValuePair<byte[], byte[]>>? Elements(string map);

    public abstract void Dispose();
}
