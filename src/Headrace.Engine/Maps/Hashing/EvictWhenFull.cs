namespace Headrace.Engine;

/// <summary>A full map lets an element go that was not used lately.</summary>
internal readonly struct EvictWhenFull : IWhenFull
{
    public static bool Evicts => true;
}
