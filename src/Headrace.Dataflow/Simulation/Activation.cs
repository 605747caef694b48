namespace Headrace.Dataflow;

/// <summary>A block that control has come to, for one packet, once: the tokens there are and those that are awaited.</summary>
internal sealed class Activation
{
    private readonly int[] _firstForward;
    private readonly List<(Activation Target, int Place, int Next)> _forwards = [];

    public Activation(BlockPlan plan)
    {
        Plan = plan;
        Values = new ulong[plan.Places];
        IsPresent = new bool[plan.Places];
        Missing = new int[plan.Needs.Length];
        _firstForward = new int[plan.Places];
        Owner = null!;
    }

    /// <summary>No block: takes the tokens that say that a region is free.</summary>
    public bool IsSink { get; private init; }

    /// <summary>The block.</summary>
    public BlockPlan Plan { get; }

    /// <summary>The call it belongs to.</summary>
    public Invocation Owner { get; private set; }

    /// <summary>The tokens' values by place.</summary>
    public ulong[] Values { get; }

    /// <summary>Which tokens are there.</summary>
    public bool[] IsPresent { get; }

    /// <summary>By actor: tokens it still waits for.</summary>
    public int[] Missing { get; }

    /// <summary>Tokens that are not there yet; at 0 nothing can happen any more.</summary>
    public int Remaining { get; set; }

    /// <summary>Makes what takes the tokens of regions that are free; places are regions.</summary>
    public static Activation SinkOf(Invocation owner) => new(new BlockPlan { Block = owner.Plan.Function.Entry }) { IsSink = true, Owner = owner };

    /// <summary>Begins.</summary>
    public void Start(Invocation owner)
    {
        Owner = owner;
        Remaining = Plan.Places;
        Array.Clear(IsPresent);
        Array.Fill(_firstForward, -1);
        _forwards.Clear();
        Plan.Needs.CopyTo(Missing, 0);
    }

    /// <summary>Sends the token of a place on to another activation, once it is there.</summary>
    public void Forward(int place, Activation target, int targetPlace)
    {
        _forwards.Add((target, targetPlace, _firstForward[place]));
        _firstForward[place] = _forwards.Count - 1;
    }

    /// <summary>Tells where the token of a place is sent on to.</summary>
    public void SendOn(int place, List<(Activation, int, ulong)> to)
    {
        for (int i = _firstForward[place]; i >= 0; i = _forwards[i].Next)
            to.Add((_forwards[i].Target, _forwards[i].Place, Values[place]));
    }

    /// <summary>True when a token is sent on.</summary>
    public bool IsSentOn(int place) => _firstForward[place] >= 0;
}
