namespace Headrace.Verifier;

/// <summary>Finds the loops of a program: its strongly connected components (Tarjan's algorithm, without recursion).</summary>
internal static class LoopComponents
{
    private const int Unseen = 0;
    private const int Done = int.MaxValue;

    /// <summary>Numbers the loops from 1; 0 for what is in none.</summary>
    /// <param name="flow">The program's shape; a call of a helper that calls back is a loop of its own.</param>
    /// <param name="slots">Length of the program.</param>
    public static int[] Find(ControlFlow flow, int slots)
    {
        var components = new int[slots];
        var order = new int[slots];
        var low = new int[slots];
        var members = new Stack<int>();
        var walk = new Stack<(int Slot, int Step)>();
        int count = 0, number = 0;
        for (int root = 0; root < slots; root++)
        {
            if (order[root] != Unseen)
                continue;
            walk.Push((root, 0));
            while (walk.TryPop(out (int Slot, int Step) place))
            {
                int slot = place.Slot;
                if (place.Step == 0)
                {
                    order[slot] = low[slot] = ++number;
                    members.Push(slot);
                }
                (int next, int target) = flow.Successors(slot);
                int successor = place.Step == 0 ? next : place.Step == 1 ? target : -1;
                if (place.Step > 0 && (place.Step == 1 ? next : target) is >= 0 and var walked)
                    low[slot] = Math.Min(low[slot], low[walked]);
                if (place.Step < 2)
                {
                    walk.Push((slot, place.Step + 1));
                    if (successor >= 0 && order[successor] == Unseen)
                        walk.Push((successor, 0));
                    continue;
                }
                if (low[slot] != order[slot])
                    continue;
                bool isLoop = members.Peek() != slot || next == slot || target == slot || flow.CallsBack[slot];
                if (isLoop)
                    count++;
                int member;
                do
                {
                    member = members.Pop();
                    low[member] = Done;
                    components[member] = isLoop ? count : 0;
                }
                while (member != slot);
            }
        }
        return components;
    }
}
