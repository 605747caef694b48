using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>How long actors take, in cycles of an unspecified machine: what makes one way through a graph longer than another.</summary>
/// <remarks>Ratios are those of pipelined hardware with maps in memory on chip; targets have figures of their own.</remarks>
public static class Latency
{
    /// <summary>The longest.</summary>
    internal const int Max = 32;

    /// <summary>The class of an actor.</summary>
    public static LatencyClass ClassOf(Actor actor) => actor.Kind switch
    {
        _ when actor.IsLiteral => LatencyClass.None,
        ActorKind.Multiply or ActorKind.MultiplyHigh => LatencyClass.Multiply,
        ActorKind.Divide or ActorKind.DivideSigned or ActorKind.Remainder or ActorKind.RemainderSigned => LatencyClass.Divide,
        ActorKind.PacketLoad => LatencyClass.LocalMemory,
        _ when actor.Addresses > 0 => actor.Inputs[0].Facts.Pointer.Kind is PointerKind.MapValue or PointerKind.Unknown ? LatencyClass.TableMemory : LatencyClass.LocalMemory,
        ActorKind.Helper => OfHelper(actor),
        ActorKind.Call or ActorKind.TailCall => LatencyClass.Helper,
        _ => LatencyClass.Logic,
    };

    /// <summary>Cycles of a class.</summary>
    public static int Cycles(LatencyClass latency) => latency switch
    {
        LatencyClass.None => 0,
        LatencyClass.Logic => 1,
        LatencyClass.LocalMemory => 2,
        LatencyClass.Multiply => 3,
        LatencyClass.TableMemory => 4,
        LatencyClass.ArrayLookup => 4,
        LatencyClass.Helper => 8,
        LatencyClass.Divide => 16,
        LatencyClass.HashLookup => 16,
        _ => Max,
    };

    /// <summary>Cycles of an actor.</summary>
    public static int Of(Actor actor) => Cycles(ClassOf(actor));

    private static LatencyClass OfHelper(Actor actor)
    {
        if (actor.Helper is HelperId.GetSmpProcessorId or HelperId.KtimeGetNs or HelperId.GetPrandomU32)
            return LatencyClass.Logic;
        int map = HelperEffects.MapIndex(actor);
        if (map < 0)
            return LatencyClass.Helper;
        return actor.Block!.Function.Graph.Maps[map].Type switch
        {
            MapType.Array or MapType.PerCpuArray or MapType.DevMap or MapType.CpuMap or MapType.XskMap => LatencyClass.ArrayLookup,
            MapType.LpmTrie => LatencyClass.TreeLookup,
            MapType.Hash or MapType.LruHash or MapType.PerCpuHash or MapType.LruPerCpuHash or MapType.DevMapHash => LatencyClass.HashLookup,
            _ => LatencyClass.Helper,
        };
    }
}
