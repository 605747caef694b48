using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>A node of the graph: fires when each input holds a token, and puts one token on each link to its users.</summary>
public sealed class Actor
{
    /// <summary>What <see cref="ActorKind.PacketLoad"/> gives outside of the packet: no 32-bit value.</summary>
    public const ulong OutsidePacket = 1UL << 32;

    private readonly List<Actor> _inputs = [];
    private readonly List<Actor> _users = [];

    internal Actor(int id, ActorKind kind, int slot) => (Id, Kind, Slot) = (id, kind, slot);

    /// <summary>Number of the actor in its graph, never used twice.</summary>
    public int Id { get; }

    /// <summary>What it does.</summary>
    public ActorKind Kind { get; internal set; }

    /// <summary>The instruction it came from.</summary>
    public int Slot { get; internal set; }

    /// <summary>The block it stands in; null once it was removed.</summary>
    public Block? Block { get; internal set; }

    /// <summary>Actors whose tokens it takes, in the order of its operands.</summary>
    public IReadOnlyList<Actor> Inputs => _inputs;

    /// <summary>Actors that take its token, once for each operand; not kept for literals.</summary>
    public IReadOnlyList<Actor> Users => _users;

    /// <summary>True for 32-bit arithmetic.</summary>
    public bool Is32 { get; internal set; }

    /// <summary>True where the sign is extended.</summary>
    public bool Signed { get; internal set; }

    /// <summary>Bytes of an access or a conversion: 1, 2, 4 or 8.</summary>
    public int Size { get; internal set; }

    /// <summary>Bytes of a bulk operation.</summary>
    public int Length { get; internal set; }

    /// <summary>Constant, displacement, register, frame, slot: see <see cref="ActorKind"/>.</summary>
    public long Immediate { get; internal set; }

    /// <summary>The second displacement of <see cref="ActorKind.CopyBytes"/>.</summary>
    public long Immediate2 { get; internal set; }

    /// <summary>The comparison, <see cref="JumpOp.Jeq"/> to <see cref="JumpOp.Jsle"/>.</summary>
    public JumpOp Condition { get; internal set; }

    /// <summary>The atomic operation.</summary>
    public AtomicOp AtomicOp { get; internal set; }

    /// <summary>True for an atomic addition that may reach memory late: what it adds for packets in a row may be summed, up to the end of a burst.</summary>
    public bool IsCombined { get; internal set; }

    /// <summary>Which helper is called.</summary>
    public HelperId Helper { get; internal set; }

    /// <summary>Index of a map in <see cref="Graph.Maps"/>; -1 where there is none.</summary>
    public int Map { get; internal set; } = -1;

    /// <summary>Frames below the function's own that it stands in: code of functions that were inlined.</summary>
    public int Frame { get; internal set; }

    /// <summary>How the passes propose to carry a helper out; null for an ordinary call.</summary>
    public HelperExpansion? Expansion { get; internal set; }

    /// <summary>What is proved of its token.</summary>
    public ValueFacts Facts { get; internal set; } = ValueFacts.Anything;

    /// <summary>True once the analysis under way has looked at it.</summary>
    internal bool HasFacts { get; set; }

    /// <summary>True once the cleaning under way has seen that something depends on it.</summary>
    internal bool IsNeeded { get; set; }

    /// <summary>What the verifier proved of its token where the instruction stood; null when it stands elsewhere now.</summary>
    internal ValueFacts? Proved { get; set; }

    /// <summary>Bits of its token that anybody looks at.</summary>
    public ulong LiveBits { get; internal set; } = ulong.MaxValue;

    /// <summary>Regions of memory it reads and writes.</summary>
    public Effects Effects { get; internal set; }

    /// <summary>True when it ends its block.</summary>
    public bool IsTerminator => Kind >= ActorKind.Goto;

    /// <summary>True when its token is there without any firing: constants and addresses that are known.</summary>
    public bool IsLiteral => Kind is ActorKind.Constant or ActorKind.FramePointer or ActorKind.MapHandle or ActorKind.MapValueAddress or ActorKind.ElementAddress or ActorKind.FunctionAddress;

    /// <summary>True when it only computes: it may be moved, shared, or left out when nobody wants its token.</summary>
    public bool IsPure => Kind <= ActorKind.Merge;

    /// <summary>True when it touches memory or the world, in an order that matters.</summary>
    public bool IsOrdered => Kind is >= ActorKind.Load and <= ActorKind.LoopBudget;

    /// <summary>True when its token is a value others can take.</summary>
    public bool HasResult => Kind < ActorKind.Goto && Kind is not (ActorKind.Store or ActorKind.CopyBytes or ActorKind.ClearBytes);

    /// <summary>How many of its inputs, from the first on, are addresses that it accesses; 0 for what is no access.</summary>
    internal int Addresses => Kind switch
    {
        ActorKind.Load or ActorKind.Store or ActorKind.Atomic or ActorKind.ClearBytes => 1,
        ActorKind.CopyBytes => 2,
        _ => 0,
    };

    /// <summary>Bytes that an access touches, those of bulk operations included.</summary>
    internal int AccessSize => Kind is ActorKind.CopyBytes or ActorKind.ClearBytes ? Length : Size;

    /// <summary>Bytes from the address that an input brings to an access to the first that it touches.</summary>
    internal long Displacement(int input) => Kind == ActorKind.CopyBytes && input == 1 ? Immediate2 : Immediate;

    /// <summary>True for the constant with a value.</summary>
    public bool IsConstant(ulong value) => Kind == ActorKind.Constant && (ulong)Immediate == value;

    internal void AddInput(Actor input)
    {
        _inputs.Add(input);
        Link(input);
    }

    internal void SetInput(int index, Actor input)
    {
        if (_inputs[index] == input)
            return;
        Unlink(_inputs[index]);
        _inputs[index] = input;
        Link(input);
    }

    internal void RemoveInput(int index)
    {
        Unlink(_inputs[index]);
        _inputs.RemoveAt(index);
    }

    internal void ClearInputs()
    {
        foreach (Actor input in _inputs)
            Unlink(input);
        _inputs.Clear();
    }

    /// <summary>Gives every user another input in the place of this one.</summary>
    internal void ReplaceWith(Actor other)
    {
        foreach (Actor user in _users)
        {
            for (int i = 0; i < user._inputs.Count; i++)
            {
                if (user._inputs[i] != this)
                    continue;
                user._inputs[i] = other;
                other.AddUser(user);
            }
        }
        _users.Clear();
    }

    // Everybody uses the literals: who does is not kept.
    private void Link(Actor input) => input.AddUser(this);

    private void AddUser(Actor user)
    {
        if (!IsLiteral)
            _users.Add(user);
    }

    private void Unlink(Actor input)
    {
        // From the end: who was added last goes first, mostly.
        if (!input.IsLiteral)
            input._users.RemoveAt(input._users.LastIndexOf(this));
    }

    /// <inheritdoc/>
    public override string ToString() => ActorText.Of(this);
}
