namespace Headrace.Ports;

/// <summary>Why a frame was not sent where a verdict wanted it.</summary>
public enum RefusalCause
{
    /// <summary>The transmit ring was full and stayed so.</summary>
    RingFull,

    /// <summary>No buffer was free to copy it into.</summary>
    NoBuffer,

    /// <summary>It is longer than the port takes.</summary>
    TooLong,

    /// <summary>It is shorter than a link-layer header.</summary>
    TooShort,

    /// <summary>The port is down: its peer is not connected, or its interface is down or gone.</summary>
    Down,

    /// <summary>The system refused it for another reason.</summary>
    System,

    /// <summary>There is no such port, worker or receiver, or no way to the kernel's stack.</summary>
    NoTarget,

    /// <summary>The worker it was meant for did not keep up.</summary>
    WorkerFull,
}
