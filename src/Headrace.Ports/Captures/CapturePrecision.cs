namespace Headrace.Ports;

/// <summary>How fine the time stamps of a written capture are.</summary>
public enum CapturePrecision
{
    /// <summary>Microseconds, which every tool reads; nanoseconds are cut off.</summary>
    Microseconds,

    /// <summary>Nanoseconds (magic a1b23c4d).</summary>
    Nanoseconds,
}
