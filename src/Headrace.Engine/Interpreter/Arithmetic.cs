using System.Runtime.CompilerServices;

namespace Headrace.Engine;

/// <summary>Division as eBPF defines it (RFC 9669, section 4.1): by zero the quotient is 0 and the remainder the dividend; nothing overflows.</summary>
internal static class Arithmetic
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Divide(ulong dividend, ulong divisor) => divisor == 0 ? 0 : dividend / divisor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Divide(uint dividend, uint divisor) => divisor == 0 ? 0 : dividend / divisor;

    public static ulong Divide(long dividend, long divisor) => divisor switch
    {
        0 => 0,
        -1 => (ulong)-dividend,
        _ => (ulong)(dividend / divisor),
    };

    public static uint Divide(int dividend, int divisor) => divisor switch
    {
        0 => 0,
        -1 => (uint)-dividend,
        _ => (uint)(dividend / divisor),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Remainder(ulong dividend, ulong divisor) => divisor == 0 ? dividend : dividend % divisor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Remainder(uint dividend, uint divisor) => divisor == 0 ? dividend : dividend % divisor;

    public static ulong Remainder(long dividend, long divisor) => divisor switch
    {
        0 => (ulong)dividend,
        -1 => 0,
        _ => (ulong)(dividend % divisor),
    };

    public static uint Remainder(int dividend, int divisor) => divisor switch
    {
        0 => (uint)dividend,
        -1 => 0,
        _ => (uint)(dividend % divisor),
    };
}
