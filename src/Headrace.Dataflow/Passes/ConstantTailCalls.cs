namespace Headrace.Dataflow;

/// <summary>Marks tail calls whose map and index are known: a target can jump there directly once it has seen that the entry still stands.</summary>
internal sealed class ConstantTailCalls : IPass
{
    public string Name => "constant-tail-calls";

    public string Summary => "tail calls of a known index are marked";

    public int Run(Graph graph)
    {
        int changes = 0;
        foreach (Actor call in graph.Snapshot())
        {
            if (call.Kind != ActorKind.TailCall || call.Expansion is not null || call.Inputs[2].Facts.Constant is not { } index
                || call.Inputs[1].Facts.Pointer is not { Kind: PointerKind.Map, Index: >= 0 and var map })
            {
                continue;
            }
            call.SetInput(2, call.Constant((uint)index));
            (call.Map, call.Expansion) = (map, new HelperExpansion(HelperForm.TailCallOfIndex));
            changes++;
        }
        return changes;
    }
}
