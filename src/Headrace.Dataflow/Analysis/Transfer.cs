using Headrace.Bytecode;
using Headrace.Verifier;

namespace Headrace.Dataflow;

/// <summary>What is proved of an actor's token, given what is proved of its inputs.</summary>
internal static class Transfer
{
    /// <summary>The facts; merges are the caller's work.</summary>
    public static ValueFacts Of(Actor actor, ReadOnlySpan<ValueFacts> inputs)
    {
        ValueFacts a = inputs[0], b = inputs[1];
        switch (actor.Kind)
        {
            case ActorKind.Constant:
                return ValueFacts.Of((ulong)actor.Immediate);
            case ActorKind.Parameter:
                return Parameter(actor);
            case ActorKind.FramePointer:
                return ValueFacts.Of(new PointerFacts(PointerKind.Stack, (int)actor.Immediate, 0));
            case ActorKind.MapHandle:
                return ValueFacts.Of(new PointerFacts(PointerKind.Map, actor.Map, 0));
            case ActorKind.MapValueAddress:
                return ValueFacts.Of(new PointerFacts(PointerKind.MapValue, actor.Map, actor.Immediate));
            case ActorKind.ElementAddress:
                return ValueFacts.Of(new PointerFacts(PointerKind.MapValue, actor.Map, 0)) with { Min = 1 };
            case ActorKind.FunctionAddress:
                return ValueFacts.Of(new PointerFacts(PointerKind.Function, (int)actor.Immediate, 0));
            case ActorKind.Compare:
                return RangeArithmetic.Compare(actor, a, b);
            case ActorKind.Select:
                return a.Min > 0 ? b : a.Max == 0 ? inputs[2] : ValueFacts.Join(b, inputs[2]);
            case ActorKind.Load:
                return Load(actor, a.Pointer.Move(actor.Immediate));
            case ActorKind.Atomic:
                return actor.Size < 8 ? ValueFacts.Between(0, ulong.MaxValue >> (64 - actor.Size * 8)) : ValueFacts.Anything;
            case ActorKind.PacketLoad:
                return ValueFacts.Between(0, Actor.OutsidePacket);
            case ActorKind.LoopBudget:
                return ValueFacts.Between(0, 1);
            case ActorKind.Helper:
                return Helper(actor, inputs);
            case ActorKind.Call:
                return ValueFacts.Anything;
        }
        if (!actor.IsPure)
            return ValueFacts.Number;
        return RangeArithmetic.Of(actor, a, b) with { Pointer = Pointer(actor, a, b) };
    }

    private static ValueFacts Parameter(Actor actor)
    {
        Graph graph = actor.Block!.Function.Graph;
        if (actor.Block.Function.Start != 0)
            return ValueFacts.Anything;
        if (graph.IsPlain)
            return actor.Immediate == 1 ? ValueFacts.Of(new PointerFacts(PointerKind.Packet, -1, 0)) : ValueFacts.Number;
        return ValueFacts.Of(new PointerFacts(PointerKind.Context, -1, 0));
    }

    private static PointerFacts Pointer(Actor actor, in ValueFacts a, in ValueFacts b)
    {
        // 32 bits hold no pointer.
        if (actor.Is32 || (actor.Kind == ActorKind.Extend && actor.Size < 8))
            return PointerFacts.Number;
        bool binary = actor.Inputs.Count == 2;
        bool isPointerA = a.Pointer.Kind != PointerKind.None, isPointerB = binary && b.Pointer.Kind != PointerKind.None;
        if (!isPointerA && !isPointerB)
            return PointerFacts.Number;
        switch (actor.Kind)
        {
            case ActorKind.Add when !isPointerB || (b.Pointer.Kind == PointerKind.Unknown && isPointerA):
                return a.Pointer.Move((long?)b.Constant);
            case ActorKind.Add when !isPointerA || a.Pointer.Kind == PointerKind.Unknown:
                return b.Pointer.Move((long?)a.Constant);
            case ActorKind.Subtract when !isPointerB:
                return a.Pointer.Move(b.Constant is { } distance ? -(long)distance : null);
            case ActorKind.Subtract when isPointerA && a.Pointer.Kind != PointerKind.Unknown && b.Pointer.Kind != PointerKind.Unknown:
                return PointerFacts.Number;
            default:
                return PointerFacts.Unknown;
        }
    }

    private static ValueFacts Load(Actor actor, PointerFacts place)
    {
        switch (place.Kind)
        {
            case PointerKind.Context:
                return ContextField(actor, place.Offset);
            case PointerKind.Packet or PointerKind.MapValue or PointerKind.HelperMemory:
                return Loaded(actor, ValueFacts.Number);
            case PointerKind.Stack:
                return Loaded(actor, ValueFacts.Anything);
            default:
                // A 4-byte load of a context field may give a 64-bit pointer.
                return actor.Size == 4 ? ValueFacts.Anything : Loaded(actor, ValueFacts.Anything);
        }
    }

    private static ValueFacts Loaded(Actor actor, in ValueFacts whole) => actor.Size == 8 ? whole
        : actor.Signed ? ValueFacts.Number
        : ValueFacts.Between(0, ulong.MaxValue >> (64 - actor.Size * 8));

    private static ValueFacts ContextField(Actor actor, long? offset)
    {
        if (offset is not { } known)
            return ValueFacts.Anything;
        return ContextPointers.Of(actor.Block!.Function.Graph.Program.Type, known, actor.Size) is { } pointer
            ? ValueFacts.Of(pointer)
            : Loaded(actor, ValueFacts.Number);
    }

    private static ValueFacts Helper(Actor actor, ReadOnlySpan<ValueFacts> inputs)
    {
        Graph graph = actor.Block!.Function.Graph;
        int map = inputs[0].Pointer is { Kind: PointerKind.Map } pointer ? pointer.Index : -1;
        switch (actor.Helper)
        {
            case HelperId.MapLookupElem or HelperId.MapLookupPercpuElem:
                bool ofMaps = map >= 0 && graph.Maps[map].Type is MapType.ArrayOfMaps or MapType.HashOfMaps;
                if (map < 0)
                    return ValueFacts.Of(new PointerFacts(PointerKind.MapValue));
                return ValueFacts.Of(ofMaps ? new PointerFacts(PointerKind.Map) : new PointerFacts(PointerKind.MapValue, map, 0));
            case HelperId.RingbufReserve:
                return ValueFacts.Of(new PointerFacts(PointerKind.HelperMemory, -1, 0));
            case HelperId.GetPrandomU32 or HelperId.GetSmpProcessorId:
                return ValueFacts.Between(0, uint.MaxValue);
            case HelperId.CsumDiff:
                return ValueFacts.Between(0, ushort.MaxValue); // the helper folds its sum
        }
        return HelperPrototypes.Find(actor.Helper, graph.Program.Type) is { Returns: ReturnKind.Integer } ? ValueFacts.Number : ValueFacts.Anything;
    }
}
