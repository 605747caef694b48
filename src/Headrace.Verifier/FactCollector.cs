namespace Headrace.Verifier;

/// <summary>Merges what every path shows of each instruction.</summary>
internal sealed class FactCollector(int slots)
{
    [Flags]
    private enum Seen : byte
    {
        None = 0,
        Reached = 1,
        Taken = 2,
        NotTaken = 4,
        Accessed = 8,
        OffsetVaries = 16,
        KindVaries = 32,
    }

    private readonly Seen[] _seen = new Seen[slots];
    private readonly RegisterKind[] _kinds = new RegisterKind[slots];
    private readonly int[] _offsets = new int[slots];

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
    public void Access(int slot, in RegisterState pointer, int displacement)
    {
        bool constant = pointer.Var.IsConst;
        int offset = constant ? (int)((long)pointer.Var.Value + pointer.Offset + displacement) : 0;
        ref Seen seen = ref _seen[slot];
        if ((seen & Seen.Accessed) == 0)
            (_kinds[slot], _offsets[slot]) = (pointer.Kind, offset);
        else if (_kinds[slot] != pointer.Kind)
            seen |= Seen.KindVaries;
        if (!constant || _offsets[slot] != offset)
            seen |= Seen.OffsetVaries;
        seen |= Seen.Accessed;
    }

    /// <summary>What all paths together show.</summary>
    public InstructionFacts[] Merge()
    {
        var facts = new InstructionFacts[slots];
        for (int i = 0; i < slots; i++)
        {
            Seen seen = _seen[i];
            bool? branch = (seen & (Seen.Taken | Seen.NotTaken)) switch
            {
                Seen.Taken => true,
                Seen.NotTaken => false,
                _ => null,
            };
            bool oneKind = (seen & (Seen.Accessed | Seen.KindVaries)) == Seen.Accessed;
            facts[i] = new InstructionFacts((seen & Seen.Reached) != 0, branch, oneKind ? _kinds[i] : RegisterKind.NotInitialized,
                oneKind && (seen & Seen.OffsetVaries) == 0 ? _offsets[i] : null);
        }
        return facts;
    }
}
