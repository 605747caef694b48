namespace Headrace.Ports;

/// <summary>How far a worker is on its way to its end.</summary>
internal enum WorkerPhase
{
    /// <summary>It forwards.</summary>
    Running,

    /// <summary>It takes what is left on its queues.</summary>
    Emptying,

    /// <summary>It takes what other workers hand over, and waits until its queues have sent all.</summary>
    Flushing,

    /// <summary>It has ended.</summary>
    Ended,
}
