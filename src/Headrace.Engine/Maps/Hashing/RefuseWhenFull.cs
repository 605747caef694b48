namespace Headrace.Engine;

/// <summary>A full map answers E2BIG.</summary>
internal readonly struct RefuseWhenFull : IWhenFull
{
    public static bool Evicts => false;
}
