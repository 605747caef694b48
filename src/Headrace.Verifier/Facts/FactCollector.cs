namespace Headrace.Verifier;

/// <summary>Merges what the walked paths show of each instruction and what pruning always compares, so that it holds for paths not walked too.</summary>
internal sealed class FactCollector(int slots)
{
    [Flags]
    private enum Seen : byte
    {
        None = 0,
        Reached = 1,
        Taken = 2,
        NotTaken = 4,
    }

    private readonly Seen[] _seen = new Seen[slots];
    private readonly WalkedAccess[] _accesses = new WalkedAccess[slots];

    /// <summary>A path comes by.</summary>
    public void Reach(int slot) => _seen[slot] |= Seen.Reached;

    /// <summary>A conditional jump goes one way, or either when it is not decided.</summary>
    public void Branch(int slot, bool? taken) => _seen[slot] |= taken switch
    {
        true => Seen.Taken,
        false => Seen.NotTaken,
        null => Seen.Taken | Seen.NotTaken,
    };

    /// <summary>A load or store goes through a pointer.</summary>
    public void Access(int slot, in RegisterState pointer, int displacement, int frame) => _accesses[slot].Add(pointer, displacement, frame);

    /// <summary>True when a path came by.</summary>
    public bool IsReached(int slot) => (_seen[slot] & Seen.Reached) != 0;

    /// <summary>Where a conditional jump always goes; null when it depends.</summary>
    public bool? BranchAt(int slot) => (_seen[slot] & (Seen.Taken | Seen.NotTaken)) switch
    {
        Seen.Taken => true,
        Seen.NotTaken => false,
        _ => null,
    };

    /// <summary>What the load or store at a slot goes to.</summary>
    public ref readonly WalkedAccess AccessAt(int slot) => ref _accesses[slot];
}
