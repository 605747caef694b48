using Headrace.Verifier;

namespace Headrace.Dataflow;

/// <summary>The verifier's facts in the graph's terms.</summary>
internal static class ProvedFacts
{
    /// <summary>What is proved of a register; null when it says nothing here.</summary>
    public static ValueFacts? Of(RegisterFacts register, Graph graph)
    {
        if (register.IsNumber)
        {
            NumberFacts number = register.Number;
            return new ValueFacts(number.UMin, number.UMax, ~(number.Bits.Value | number.Bits.Mask), number.Bits.Value, PointerFacts.Number).Tight();
        }
        return register.Kind switch
        {
            RegisterKind.Packet => ValueFacts.Of(new PointerFacts(PointerKind.Packet, -1, register.Offset)),
            RegisterKind.PacketMeta => ValueFacts.Of(new PointerFacts(PointerKind.Packet)),
            RegisterKind.PacketEnd => ValueFacts.Of(new PointerFacts(PointerKind.PacketEnd, -1, register.Offset)),
            RegisterKind.MapValue => ValueFacts.Of(new PointerFacts(PointerKind.MapValue, graph.MapOf(register.MapIndex), register.MapIndex < 0 ? null : register.Offset)),
            RegisterKind.Map => ValueFacts.Of(new PointerFacts(PointerKind.Map, graph.MapOf(register.MapIndex), 0)),
            RegisterKind.Context => ValueFacts.Of(new PointerFacts(PointerKind.Context, -1, register.Offset)),
            _ => null,
        };
    }
}
