namespace Headrace.Engine;

/// <summary>R0 as helpers leave it.</summary>
internal static class Result
{
    /// <summary>A negative error number.</summary>
    public static ulong Error(int errno) => unchecked((ulong)(long)-errno);
}
