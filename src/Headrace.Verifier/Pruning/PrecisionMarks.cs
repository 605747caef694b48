namespace Headrace.Verifier;

/// <summary>Registers and stack slots, by frame, whose values something on the path relied on.</summary>
internal sealed class PrecisionMarks
{
    private readonly int[] _registers = new int[VerifierState.MaxFrames];
    private readonly ulong[] _slots = new ulong[VerifierState.MaxFrames];

    /// <summary>True when nothing is left to follow.</summary>
    public bool IsEmpty
    {
        get
        {
            for (int i = 0; i < _registers.Length; i++)
            {
                if (_registers[i] != 0 || _slots[i] != 0)
                    return false;
            }
            return true;
        }
    }

    /// <summary>Registers of a frame, a bit each.</summary>
    public ref int Registers(int frame) => ref _registers[frame];

    /// <summary>Stack slots of a frame, a bit each.</summary>
    public ref ulong Slots(int frame) => ref _slots[frame];

    /// <summary>Begins anew.</summary>
    public void Clear()
    {
        Array.Clear(_registers);
        Array.Clear(_slots);
    }

    /// <summary>True when a place is marked.</summary>
    public bool Has(LinkedPlace place) => place.IsStack
        ? (_slots[place.Frame] & (1UL << place.Index)) != 0
        : (_registers[place.Frame] & (1 << place.Index)) != 0;

    /// <summary>Marks a place.</summary>
    public void Add(LinkedPlace place)
    {
        if (place.IsStack)
            _slots[place.Frame] |= 1UL << place.Index;
        else
            _registers[place.Frame] |= 1 << place.Index;
    }
}
