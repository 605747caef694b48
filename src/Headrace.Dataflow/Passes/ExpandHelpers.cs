using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Marks helper calls that can be carried out in a special form: the map, its type and its sizes are known, or how far the packet's head moves.</summary>
/// <remarks>The graph keeps one actor for the call; each target puts its own look-up or move in the place of it.</remarks>
internal sealed class ExpandHelpers : IPass
{
    public string Name => "expand-helpers";

    public string Summary => "helpers with known maps, sizes and distances get their special form";

    public int Run(Graph graph)
    {
        int changes = 0;
        foreach (Actor actor in graph.Snapshot())
        {
            if (actor.Kind != ActorKind.Helper)
                continue;
            int map = HelperEffects.MapIndex(actor);
            HelperExpansion? expansion = Of(actor, map >= 0 ? graph.Maps[map] : null);
            if (expansion == actor.Expansion && map == actor.Map)
                continue;
            (actor.Expansion, actor.Map) = (expansion, map);
            changes++;
        }
        return changes;
    }

    private static HelperExpansion? Of(Actor actor, GraphMap? map)
    {
        switch (actor.Helper)
        {
            case HelperId.MapLookupElem when map is not null:
                return LookupForm(map.Type) is { } form ? new HelperExpansion(form, map.KeySize, map.ValueSize) : null;
            case HelperId.MapUpdateElem when map is not null:
                return new HelperExpansion(HelperForm.MapUpdate, map.KeySize, map.ValueSize);
            case HelperId.MapDeleteElem when map is not null:
                return new HelperExpansion(HelperForm.MapDelete, map.KeySize, map.ValueSize);
            case HelperId.Loop when actor.Inputs[1].Kind == ActorKind.FunctionAddress:
                return new HelperExpansion(HelperForm.LoopOfFunction);
            case HelperId.XdpAdjustHead or HelperId.XdpAdjustTail or HelperId.XdpAdjustMeta when actor.Inputs[1].Kind == ActorKind.Constant:
                return new HelperExpansion(HelperForm.MoveOfEnd);
            case HelperId.GetSmpProcessorId:
                return new HelperExpansion(HelperForm.MachineNumber);
            default:
                return null;
        }
    }

    private static HelperForm? LookupForm(MapType type) => type switch
    {
        MapType.Array => HelperForm.ArrayElement,
        MapType.PerCpuArray => HelperForm.PerCpuArrayElement,
        MapType.Hash or MapType.LruHash or MapType.PerCpuHash or MapType.LruPerCpuHash => HelperForm.HashLookup,
        MapType.LpmTrie => HelperForm.PrefixLookup,
        _ => null,
    };
}
