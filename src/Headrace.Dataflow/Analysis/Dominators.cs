namespace Headrace.Dataflow;

/// <summary>Which blocks control must have passed to come to a block (Cooper, Harvey and Kennedy, 2001).</summary>
internal sealed class Dominators
{
    private readonly int[] _parents;
    private readonly int[] _starts;
    private readonly int[] _sizes;

    /// <summary>Computes them; the function's blocks must be arranged.</summary>
    public Dominators(GraphFunction function)
    {
        int count = function.List.Count;
        _parents = new int[count];
        _starts = new int[count];
        _sizes = new int[count];
        Array.Fill(_parents, -1);
        _parents[0] = 0;
        FindOnce(function);
        NumberTree();
        // Where loops have one way in, that was all.
        if (function.List.TrueForAll(block => block.PredecessorList.TrueForAll(edge => edge.From.Index < block.Index || Dominates(block, edge.From))))
            return;
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
        NumberTree();
    }

    // One look at each block, whose predecessors come before it but for loops. Where chains are long, as the cases of a switch that all lead to
    // one block, what they have in common is found by jumps over many parents at once (Myers, 1983).
    private void FindOnce(GraphFunction function)
    {
        int[] depths = new int[_parents.Length], jumps = new int[_parents.Length];
        for (int i = 1; i < _parents.Length; i++)
        {
            int parent = -1;
            foreach (Edge edge in function.List[i].Predecessors)
            {
                if (edge.From.Index < i)
                    parent = parent < 0 ? edge.From.Index : Common(parent, edge.From.Index);
            }
            _parents[i] = parent;
            depths[i] = depths[parent] + 1;
            int jump = jumps[parent];
            jumps[i] = depths[parent] - depths[jump] == depths[jump] - depths[jumps[jump]] ? jumps[jump] : parent;
        }

        int Common(int a, int b)
        {
            if (depths[a] < depths[b])
                (a, b) = (b, a);
            while (depths[a] > depths[b])
                a = depths[jumps[a]] >= depths[b] ? jumps[a] : _parents[a];
            while (a != b)
                (a, b) = jumps[a] != jumps[b] ? (jumps[a], jumps[b]) : (_parents[a], _parents[b]);
            return a;
        }
    }

    // Numbers such that those of a block and of all it dominates follow each other. A parent's index is less than its children's.
    private void NumberTree()
    {
        Array.Fill(_sizes, 1);
        for (int i = _sizes.Length - 1; i > 0; i--)
            _sizes[_parents[i]] += _sizes[i];
        var next = new int[_sizes.Length];
        next[0] = 1;
        for (int i = 1; i < next.Length; i++)
        {
            _starts[i] = next[_parents[i]];
            next[_parents[i]] += _sizes[i];
            next[i] = _starts[i] + 1;
        }
    }

    /// <summary>Index of the nearest block that dominates a block; 0 for the entry.</summary>
    public int Parent(Block block) => _parents[block.Index];

    /// <summary>True when control comes to <paramref name="b"/> only through <paramref name="a"/>, or they are the same.</summary>
    public bool Dominates(Block a, Block b) => _starts[b.Index] >= _starts[a.Index] && _starts[b.Index] < _starts[a.Index] + _sizes[a.Index];

    /// <summary>The nearest block that dominates two.</summary>
    public Block Common(Block a, Block b) => a.Function.List[Common(a.Index, b.Index)];

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
