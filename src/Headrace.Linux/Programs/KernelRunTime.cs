namespace Headrace.Linux;

/// <summary>How long the kernel takes for one run of a program, in nanoseconds of processor time.</summary>
/// <param name="Total">A run with the kernel's test loop around it; making the call and copying the packet are not in it.</param>
/// <param name="Loop">The same of a program that only returns: what the loop and the call of the program cost.</param>
public readonly record struct KernelRunTime(double Total, double Loop)
{
    /// <summary>What the program itself costs beyond returning; 0 where the noise is larger than the program.</summary>
    public double Net => Math.Max(0, Total - Loop);
}
