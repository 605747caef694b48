using Headrace.Bytecode;
using Headrace.Verifier;

namespace Headrace.Dataflow;

/// <summary>What a helper call reads and writes: through its arguments, from their prototypes, and besides (<see cref="HelperBehaviors"/>).</summary>
internal static class HelperEffects
{
    private const int MaxArguments = 5;

    /// <summary>Number of arguments; all five registers for a helper that is not known.</summary>
    /// <remarks>What bpf_trace_printk prints is in no prototype: the kernel does not look at it before it prints.</remarks>
    public static int ArgumentCount(HelperId id, ProgramType type) =>
        id == HelperId.TracePrintk ? MaxArguments : Prototype(id, type)?.Arguments.Length ?? MaxArguments;

    /// <summary>The memory a helper reads or writes through its arguments: which input, how many bytes (null: unknown), and how.</summary>
    public static IEnumerable<(int Input, long? Size, bool Reads, bool Writes)> Memory(Actor helper)
    {
        Graph graph = helper.Block!.Function.Graph;
        Argument[] arguments = Prototype(helper.Helper, graph.Program.Type)?.Arguments ?? [];
        for (int i = 0; i < arguments.Length; i++)
        {
            Argument argument = arguments[i];
            bool writes = argument.Has(ArgumentFlags.Write), reads = !writes || !argument.Has(ArgumentFlags.Uninitialized);
            switch (argument.Kind)
            {
                case ArgumentKind.MapKey:
                    yield return (i, MapOf(helper)?.KeySize, true, false);
                    break;
                case ArgumentKind.MapValue:
                    yield return (i, MapOf(helper)?.ValueSize, reads, writes);
                    break;
                case ArgumentKind.Memory:
                    long? size = argument.Size > 0 ? argument.Size : i + 1 < helper.Inputs.Count ? (long?)helper.Inputs[i + 1].Facts.Constant : null;
                    yield return (i, size, reads || !argument.Has(ArgumentFlags.ReadOnly), writes);
                    break;
                case ArgumentKind.ConstantString:
                    yield return (i, null, true, false);
                    break;
            }
        }
    }

    /// <summary>True when a helper may touch any memory: it calls back, takes locks, or is not known.</summary>
    public static bool IsOpaque(Actor helper) => Does(helper, HelperBehavior.IsOpaque);

    /// <summary>True when a helper does any of some things.</summary>
    public static bool Does(Actor helper, HelperBehavior any) => (HelperBehaviors.Of(helper.Helper) & any) != 0;

    /// <summary>True for a look-up that leaves a trace: maps that throw out what was used longest ago mark what is found.</summary>
    public static bool MarksElement(Actor lookup) => MapOf(lookup) is not { } map || map.Type is MapType.LruHash or MapType.LruPerCpuHash;

    /// <summary>True for a helper that a program can go on without, to see where it comes to: it changes nothing but maps and the world outside.</summary>
    public static bool MayBeSkipped(Actor helper) =>
        !Does(helper, HelperBehavior.IsOpaque | HelperBehavior.CallsBack | HelperBehavior.Holds | HelperBehavior.ChangesPacket | HelperBehavior.ChangesRecords)
        && !Memory(helper).Any(memory => memory.Writes);

    /// <summary>What a helper that is not opaque does besides reading and writing through its arguments.</summary>
    public static Effects Besides(Actor helper, RegionMap regions)
    {
        HelperBehavior behavior = HelperBehaviors.Of(helper.Helper);
        int map = MapIndex(helper);
        ulong index = regions.OfMap(RegionKind.MapIndex, map), values = regions.OfMap(RegionKind.MapValues, map);
        ulong packet = regions.Of(RegionKind.Packet) | regions.Of(RegionKind.PacketRest) | regions.Of(RegionKind.Context);
        ulong reads = If(HelperBehavior.ReadsElements, index) | If(HelperBehavior.ReadsValues, values) | If(HelperBehavior.ReadsPacket, packet)
            | If(HelperBehavior.ReadsAnyMemory, regions.Mask & ~regions.Of(RegionKind.World));
        ulong writes = If(HelperBehavior.ChangesMap, index | values) | If(HelperBehavior.ChangesPacket, packet)
            | If(HelperBehavior.ChangesRecords, regions.Of(RegionKind.HelperMemory)) | If(HelperBehavior.ChangesWorld, regions.Of(RegionKind.World));
        return new Effects(reads, writes);

        ulong If(HelperBehavior bit, ulong bits) => (behavior & bit) != 0 ? bits : 0;
    }

    /// <summary>Index of the map that a helper's first map argument is; -1 when it may be any.</summary>
    public static int MapIndex(Actor helper)
    {
        foreach (Actor input in helper.Inputs)
        {
            if (input.Facts.Pointer.Kind == PointerKind.Map)
                return input.Facts.Pointer.Index;
        }
        return -1;
    }

    private static GraphMap? MapOf(Actor helper) => MapIndex(helper) is >= 0 and var index ? helper.Block!.Function.Graph.Maps[index] : null;

    private static HelperPrototype? Prototype(HelperId id, ProgramType type) => HelperPrototypes.Find(id, type) ?? HelperPrototypes.Find(id);
}
