namespace Headrace.Linux.Tests;

/// <summary>Skips a test, in words, where programs cannot be loaded into the kernel.</summary>
internal static class RequiresKernel
{
    public static void OrSkip() => Assert.SkipUnless(Kernel.IsAvailable(out string reason), reason);
}
