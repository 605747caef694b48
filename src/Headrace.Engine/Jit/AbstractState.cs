namespace Headrace.Engine.Jit;

/// <summary>What is proved at one place of a function: registers, stack slots, and how far the packet is known to reach.</summary>
internal sealed class AbstractState
{
    /// <summary>Registers R0 to R10.</summary>
    public const int RegisterCount = 11;

    private const int SlotCount = Machine.MaxStack / 8;

    private readonly AbstractValue[] _places = new AbstractValue[RegisterCount + SlotCount];
    private readonly List<(int Id, long Length)> _reach = [];

    private AbstractState() { }

    private AbstractState(AbstractState other)
    {
        other._places.CopyTo(_places, 0);
        _reach.AddRange(other._reach);
    }

    /// <summary>A register's content.</summary>
    public AbstractValue this[int register]
    {
        get => _places[register];
        set => _places[register] = value;
    }

    /// <summary>Number of registers and stack slots together; places from <see cref="RegisterCount"/> on are stack slots, lowest address first.</summary>
    public static int PlaceCount => RegisterCount + SlotCount;

    /// <summary>Nothing is known but the frame pointer.</summary>
    public static AbstractState AtEntry()
    {
        var state = new AbstractState();
        Array.Fill(state._places, AbstractValue.Any);
        state[10] = AbstractValue.At(ValueKind.Stack, 0);
        return state;
    }

    /// <summary>A copy to change.</summary>
    public AbstractState Clone() => new(this);

    /// <summary>The place of the 8 aligned bytes of the stack at an offset from the frame pointer; -1 when they are none.</summary>
    public static int SlotAt(long offset) =>
        offset is >= -Machine.MaxStack and <= -8 && (offset & 7) == 0 ? RegisterCount + (int)(offset + Machine.MaxStack) / 8 : -1;

    /// <summary>Bytes behind a packet base that are proved to lie in the packet.</summary>
    public long Reach(int id)
    {
        foreach ((int known, long length) in _reach)
        {
            if (known == id)
                return length;
        }
        return 0;
    }

    /// <summary>Notes that at least so many bytes behind a packet base lie in the packet.</summary>
    public void Prove(int id, long length)
    {
        if (length > Reach(id))
            SetReach(id, length);
    }

    /// <summary>Forgets what stack slots hold that overlap the bytes from <paramref name="from"/> up to <paramref name="to"/>, as offsets from the frame pointer.</summary>
    public void ForgetStack(long from = -Machine.MaxStack, long to = 0)
    {
        long first = Math.Max(0, (from + Machine.MaxStack) >> 3);
        long end = Math.Min(SlotCount, (to + Machine.MaxStack + 7) >> 3);
        for (long slot = first; slot < end; slot++)
            _places[RegisterCount + slot] = AbstractValue.Any;
    }

    /// <summary>Forgets where the packet is: its bytes moved.</summary>
    public void ForgetPacket()
    {
        Replace(static value => value.Kind is ValueKind.Packet or ValueKind.PacketAnywhere or ValueKind.PacketEnd, static _ => AbstractValue.Any);
        _reach.Clear();
    }

    /// <summary>Forgets a packet base: it gets a new meaning.</summary>
    public void ForgetBase(int id)
    {
        Replace(value => value.Kind == ValueKind.Packet && value.Id == id, static _ => AbstractValue.PacketAnywhere);
        _reach.RemoveAll(known => known.Id == id);
    }

    /// <summary>Forgets which look-up pointers came from: its instruction runs again.</summary>
    public void ForgetLookup(int id) =>
        Replace(value => value.Kind == ValueKind.MapValue && value.Id == id, static value => value with { Id = 0 });

    /// <summary>Takes in the outcome of a null check of the pointer in a register.</summary>
    public void LearnNull(int register, bool isNull)
    {
        AbstractValue pointer = _places[register];
        _places[register] = Learned(pointer, isNull);
        if (pointer.Id != 0)
            Replace(value => value.Kind == ValueKind.MapValue && value.Id == pointer.Id && value.MayBeNull, value => Learned(value, isNull));
    }

    /// <summary>Takes in that a packet pointer lies at or in front of the packet's end, at least <paramref name="distance"/> bytes.</summary>
    public void LearnReach(AbstractValue pointer, int distance)
    {
        Prove(pointer.Id, pointer.Offset + distance);
        if (pointer.Id != 0)
            Replace(value => value.Kind == ValueKind.Packet && value.Id == pointer.Id, static value => value with { High = Math.Min(value.High, MaxPacket) });
    }

    /// <summary>Joins in the state at the end of another way to a block. Ids below 0 name the bases that the block's start defines, one a place.</summary>
    /// <param name="other">The state that comes in.</param>
    /// <param name="block">The block's index.</param>
    /// <param name="steps">Null to be exact; else what bounds that keep changing grow to (see <see cref="JoinRules"/>).</param>
    /// <returns>True when this state changed.</returns>
    public bool Join(AbstractState other, int block, ulong[]? steps)
    {
        var joined = new AbstractValue[PlaceCount];
        var reach = new List<(int Id, long Length)>();
        bool changed = false;
        for (int place = 0; place < PlaceCount; place++)
        {
            int own = -(block * PlaceCount + place) - 1;
            AbstractValue mine = _places[place];
            AbstractValue theirs = other._places[place];
            joined[place] = JoinRules.Join(mine, theirs, own, block, steps);
            if (joined[place].Kind == ValueKind.Packet && joined[place].Id == own)
            {
                long length = Math.Min(Reach(mine.Id) - mine.Offset, other.Reach(theirs.Id) - theirs.Offset);
                bool settled = mine.Id == own && length < Reach(own) && steps is not null;
                reach.Add((own, settled ? 0 : Math.Max(0, length)));
            }
            changed |= joined[place] != mine;
        }
        foreach ((int id, long length) in _reach)
        {
            if (!JoinRules.IsOf(id, block))
                reach.Add((id, Math.Min(length, other.Reach(id))));
        }
        changed |= reach.Exists(entry => entry.Length != Reach(entry.Id));
        joined.CopyTo(_places, 0);
        _reach.Clear();
        _reach.AddRange(reach.Where(entry => entry.Length > 0));
        return changed;
    }

    // No packet is as long: the bound only has to be far from where addresses wrap around.
    private const ulong MaxPacket = 1UL << 40;

    private static AbstractValue Learned(AbstractValue pointer, bool isNull) =>
        isNull ? AbstractValue.Constant(0) : pointer with { MayBeNull = false };

    private void SetReach(int id, long length)
    {
        _reach.RemoveAll(known => known.Id == id);
        _reach.Add((id, length));
    }

    private void Replace(Func<AbstractValue, bool> which, Func<AbstractValue, AbstractValue> by)
    {
        for (int place = 0; place < PlaceCount; place++)
        {
            if (which(_places[place]))
                _places[place] = by(_places[place]);
        }
    }
}
