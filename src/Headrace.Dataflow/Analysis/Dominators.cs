namespace Headrace.Dataflow;

/// <summary>Which blocks control must have passed to come to a block (Cooper, Harvey and Kennedy, 2001).</summary>
internal sealed class Dominators
{
    private readonly int[] _parents;
    private readonly int[] _depths;

    /// <summary>Computes them; the function's blocks must be arranged.</summary>
    public Dominators(GraphFunction function)
    {
        int count = function.List.Count;
        _parents = new int[count];
        _depths = new int[count];
        Array.Fill(_parents, -1);
        _parents[0] = 0;
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int i = 1; i < count; i++)
            {
                int parent = -1;
                foreach (Edge edge in function.List[i].Predecessors)
                {
                    if (_parents[edge.From.Index] < 0)
                        continue;
                    parent = parent < 0 ? edge.From.Index : Common(parent, edge.From.Index);
                }
                changed |= parent != _parents[i];
                _parents[i] = parent;
            }
        }
        for (int i = 1; i < count; i++)
            _depths[i] = _depths[_parents[i]] + 1;
    }

    /// <summary>Index of the nearest block that dominates a block; 0 for the entry.</summary>
    public int Parent(Block block) => _parents[block.Index];

    /// <summary>True when control comes to <paramref name="b"/> only through <paramref name="a"/>, or they are the same.</summary>
    public bool Dominates(Block a, Block b)
    {
        int index = b.Index;
        while (_depths[index] > _depths[a.Index])
            index = _parents[index];
        return index == a.Index;
    }

    private int Common(int a, int b)
    {
        while (a != b)
        {
            while (a > b)
                a = _parents[a];
            while (b > a)
                b = _parents[b];
        }
        return a;
    }
}
