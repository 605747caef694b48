namespace Headrace.Dataflow;

/// <summary>Which actors of a block wait for which, because of the regions they touch.</summary>
/// <remarks>
/// Of each region there are two tokens: one says that everything that wrote it is done, the other that everything that touched it is.
/// A reader waits for the first, a writer for the second. At the block's head both come from the block before.
/// </remarks>
internal sealed class BlockOrder
{
    private readonly List<Actor>?[] _writers = new List<Actor>?[64];
    private readonly List<Actor>?[] _readers = new List<Actor>?[64];

    /// <summary>Orders a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="mask">Regions that are written at all: others need no order.</param>
    public BlockOrder(Block block, ulong mask)
    {
        foreach (Actor actor in block.List)
        {
            ulong touched = actor.Effects.All & mask;
            if (touched == 0)
                continue;
            Touched |= touched;
            var needs = new OrderNeeds(actor);
            foreach (int region in Bits(touched))
                Take(actor, region, needs);
            Needs.Add(needs);
        }
    }

    /// <summary>Regions of the mask that the block touches.</summary>
    public ulong Touched { get; }

    /// <summary>What each ordered actor waits for, in the order of the block.</summary>
    public List<OrderNeeds> Needs { get; } = [];

    /// <summary>The actor whose end says that a region is written; null when the block does not write it.</summary>
    public Actor? Writer(int region) => _writers[region]?[^1];

    /// <summary>The actors that read a region since it was written last; with the writer before them, or the head's token, they are all that touched it.</summary>
    public IReadOnlyList<Actor> Readers(int region) => _readers[region] ?? [];

    /// <summary>Indices of the bits of a mask.</summary>
    public static IEnumerable<int> Bits(ulong mask)
    {
        for (; mask != 0; mask &= mask - 1)
            yield return System.Numerics.BitOperations.TrailingZeroCount(mask);
    }

    private void Take(Actor actor, int region, OrderNeeds needs)
    {
        bool writes = (actor.Effects.Writes >> region & 1) != 0;
        List<Actor>? readers = _readers[region];
        if (writes && readers is { Count: > 0 })
        {
            foreach (Actor reader in readers)
                needs.After(reader, region);
            // Readers wait for the writer before them, but those of the head's state do not know who touched it before.
            if (_writers[region] is null)
                needs.HeadTouched |= 1UL << region;
        }
        else if (_writers[region] is { } writers)
        {
            needs.After(writers[^1], region);
        }
        else if (writes)
        {
            needs.HeadTouched |= 1UL << region;
        }
        else
        {
            needs.HeadWritten |= 1UL << region;
        }
        if (writes)
        {
            _readers[region] = null;
            (_writers[region] ??= []).Add(actor);
        }
        else
        {
            (_readers[region] ??= []).Add(actor);
        }
    }
}
