using Headrace.Verifier;

namespace Headrace.Dataflow;

/// <summary>Where an access leads: what the facts of its address say or, of an address that is null on some way, where they forget it, what the verifier proved of the instruction.</summary>
/// <param name="Pointer">Of its first byte. Memory that may be part of anything is <see cref="PointerKind.Unknown"/>.</param>
/// <param name="IsMemory">True when it goes to memory as it stands there: not to the context, whose fields are made up, nor to what nobody has placed.</param>
internal readonly record struct AccessPlace(PointerFacts Pointer, bool IsMemory)
{
    /// <summary>The place that a load, a store, an atomic or a bulk operation touches through an input.</summary>
    public static AccessPlace Of(Actor access, int input = 0)
    {
        PointerFacts place = access.Inputs[input].Facts.Pointer.Move(access.Displacement(input));
        if (place.Kind is not (PointerKind.Unknown or PointerKind.None))
            return new AccessPlace(place, place.Kind is PointerKind.Packet or PointerKind.Stack or PointerKind.MapValue or PointerKind.HelperMemory);
        // A copy stands for two instructions, of which it knows one.
        return access.Kind != ActorKind.CopyBytes && access.Block!.Function.Graph.Verified is { } verified && verified[access.Slot].Access is { } proved
            ? Proved(proved, access.AccessSize) : new AccessPlace(place, IsMemory: false);
    }

    // Offsets of the records count from where the verifier counts them, which is another byte for stacks and maps in maps.
    private static AccessPlace Proved(AccessFacts access, int size) => access.Kind switch
    {
        RegisterKind.Packet or RegisterKind.PacketMeta => new AccessPlace(new PointerFacts(PointerKind.Packet), IsMemory: true),
        RegisterKind.Stack => new AccessPlace(new PointerFacts(PointerKind.Stack), IsMemory: true),
        RegisterKind.MapValue => new AccessPlace(new PointerFacts(PointerKind.MapValue), IsMemory: true),
        RegisterKind.Context => new AccessPlace(new PointerFacts(PointerKind.Context, -1, access.Size == size ? access.Offset : null), IsMemory: false),
        // What a function was given that was verified alone may be of any kind; so may what a dynptr leads to.
        RegisterKind.MapKey or RegisterKind.Memory => new AccessPlace(PointerFacts.Unknown, IsMemory: true),
        _ => new AccessPlace(PointerFacts.Unknown, IsMemory: false),
    };
}
