namespace Headrace.Ports;

/// <summary>What a worker is to do with a frame that another gives it.</summary>
internal enum HandoffKind
{
    /// <summary>Run the program: the flow is this worker's.</summary>
    Run,

    /// <summary>Run the program that a cpumap names, or pass the frame.</summary>
    RunCpu,

    /// <summary>Finish a verdict: the port's queue is this worker's.</summary>
    Finish,
}
