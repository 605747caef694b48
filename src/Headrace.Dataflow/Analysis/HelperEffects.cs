using Headrace.Bytecode;
using Headrace.Verifier;

namespace Headrace.Dataflow;

/// <summary>What helpers read and write, from their prototypes.</summary>
internal static class HelperEffects
{
    private const int MaxArguments = 5;

    /// <summary>Number of arguments; all five registers for a helper that is not known.</summary>
    public static int ArgumentCount(HelperId id, ProgramType type) => Prototype(id, type)?.Arguments.Length ?? MaxArguments;

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

    /// <summary>True when a helper may do anything: calls back, takes locks, or is not known.</summary>
    public static bool IsOpaque(Actor helper)
    {
        HelperPrototype? prototype = Prototype(helper.Helper, helper.Block!.Function.Graph.Program.Type);
        return prototype is null || prototype.Arguments.Any(argument => argument.Kind is ArgumentKind.Function or ArgumentKind.Stack or ArgumentKind.SpinLock
            or ArgumentKind.Timer or ArgumentKind.PointerSlot or ArgumentKind.Dynptr or ArgumentKind.AnySocket or ArgumentKind.Socket or ArgumentKind.SocketCommon);
    }

    /// <summary>What a helper does besides reading and writing through its arguments.</summary>
    public static Effects Besides(Actor helper, RegionMap regions)
    {
        ulong world = regions.Of(RegionKind.World), context = regions.Of(RegionKind.Context);
        ulong packet = regions.Of(RegionKind.Packet) | regions.Of(RegionKind.PacketRest);
        int map = MapIndex(helper);
        ulong index = regions.OfMap(RegionKind.MapIndex, map), values = regions.OfMap(RegionKind.MapValues, map);
        switch (helper.Helper)
        {
            case HelperId.GetSmpProcessorId or HelperId.GetNumaNodeId or HelperId.CsumDiff or HelperId.Strncmp:
                return default;
            case HelperId.MapLookupElem or HelperId.MapLookupPercpuElem:
                return new Effects(index, 0);
            case HelperId.MapPeekElem:
                return new Effects(index | values, 0);
            case HelperId.MapUpdateElem or HelperId.MapDeleteElem or HelperId.MapPushElem or HelperId.MapPopElem:
                return new Effects(0, index | values);
            case HelperId.RedirectMap:
                return new Effects(index, world);
            case HelperId.Redirect:
                return new Effects(0, world);
            case HelperId.XdpAdjustHead or HelperId.XdpAdjustTail or HelperId.XdpAdjustMeta or HelperId.XdpStoreBytes:
                return new Effects(0, packet | context);
            case HelperId.XdpLoadBytes or HelperId.SkbLoadBytes or HelperId.XdpGetBuffLen:
                return new Effects(packet | context, 0);
            case HelperId.RingbufReserve or HelperId.RingbufSubmit or HelperId.RingbufDiscard:
                return new Effects(0, world | regions.Of(RegionKind.HelperMemory));
        }
        bool takesContext = Prototype(helper.Helper, helper.Block!.Function.Graph.Program.Type)!.Arguments.Any(argument => argument.Kind == ArgumentKind.Context);
        return new Effects(index, world | (takesContext ? packet | context : 0));
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
