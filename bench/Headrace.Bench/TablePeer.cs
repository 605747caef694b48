namespace Headrace.Bench;

/// <summary>A bare look-up function of somebody else's that a program of ours is compared with.</summary>
/// <param name="peer">The process that has it.</param>
/// <param name="order">Measures it: nanoseconds with the look-up, and without.</param>
/// <param name="name">What it is, for people.</param>
/// <param name="isBulk">Whether it takes many keys at once, as our batch engine does.</param>
internal sealed class TablePeer(CPeer peer, string order, string name, bool isBulk)
{
    private double _with = double.MaxValue, _without = double.MaxValue;

    /// <summary>What it is, for people.</summary>
    public string Name { get; } = name;

    /// <summary>Whether it takes many keys at once.</summary>
    public bool IsBulk { get; } = isBulk;

    /// <summary>Nanoseconds a look-up, net of making the key: the least so far.</summary>
    public double Best => Math.Max(BothSides.LeastNet, _with - _without);

    /// <summary>Measures once more.</summary>
    public void Measure()
    {
        double[] answer = CPeer.Numbers(peer.Ask(order));
        _with = Math.Min(_with, answer[0]);
        _without = Math.Min(_without, answer[1]);
    }
}
