using System.Numerics;

namespace Headrace.Dataflow;

/// <summary>Finds which bits of each token anybody looks at.</summary>
internal static class LiveBitAnalysis
{
    // Loops in loops ask for as many rounds as they are deep. Who needs more than these has every bit looked at.
    private const int MaxRounds = 32;

    /// <summary>Sets <see cref="Actor.LiveBits"/>.</summary>
    public static void Run(GraphFunction function)
    {
        foreach (Actor actor in function.Actors)
            actor.LiveBits = 0;
        bool changed = true;
        for (int round = 0; changed && round < MaxRounds; round++)
        {
            changed = false;
            for (int i = function.List.Count - 1; i >= 0; i--)
            {
                List<Actor> actors = function.List[i].List;
                for (int j = actors.Count - 1; j >= 0; j--)
                {
                    Actor actor = actors[j];
                    for (int input = 0; input < actor.Inputs.Count; input++)
                    {
                        Actor from = actor.Inputs[input];
                        ulong live = from.LiveBits | Demand(actor, input);
                        changed |= live != from.LiveBits;
                        from.LiveBits = live;
                    }
                }
            }
        }
        if (!changed)
            return;
        foreach (Actor actor in function.Actors)
            actor.LiveBits = ulong.MaxValue;
    }

    /// <summary>Bits of an input that an actor looks at, given the bits of its own token that are looked at.</summary>
    private static ulong Demand(Actor actor, int input)
    {
        ulong live = actor.LiveBits;
        ulong own = actor.Is32 ? uint.MaxValue : ulong.MaxValue;
        switch (actor.Kind)
        {
            case ActorKind.Add or ActorKind.Subtract or ActorKind.Multiply or ActorKind.Negate:
                return UpTo(live & own);
            case ActorKind.And:
                return live & own & ~Known(actor.Inputs[1 - input], zeros: true);
            case ActorKind.Or:
                return live & own & ~Known(actor.Inputs[1 - input], zeros: false);
            case ActorKind.Xor:
                return live & own;
            case ActorKind.Merge:
                return live;
            case ActorKind.Select:
                return input == 0 ? ulong.MaxValue : live;
            case ActorKind.ShiftLeft when input == 0 && actor.Inputs[1].Facts.Constant is { } by:
                return (live & own) >> ((int)by & (actor.Is32 ? 31 : 63)) & own;
            case ActorKind.ShiftRight when input == 0 && actor.Inputs[1].Facts.Constant is { } by:
                return (live & own) << ((int)by & (actor.Is32 ? 31 : 63)) & own;
            case ActorKind.Extend:
                ulong low = ulong.MaxValue >> (64 - actor.Size * 8);
                ulong above = live & ~low & own;
                return (live & low) | (actor.Signed && above != 0 ? low ^ (low >> 1) : 0);
            case ActorKind.ByteSwap:
                return BitsSwapped(live, actor.Size);
            case ActorKind.Store when input == 1:
                return ulong.MaxValue >> (64 - actor.Size * 8);
            case ActorKind.Compare or ActorKind.Divide or ActorKind.DivideSigned or ActorKind.Remainder or ActorKind.RemainderSigned
                or ActorKind.ShiftRightSigned or ActorKind.ShiftLeft or ActorKind.ShiftRight:
                return live == 0 ? 0 : own;
            case ActorKind.MultiplyHigh:
                return live == 0 ? 0 : ulong.MaxValue;
            default:
                return ulong.MaxValue;
        }
    }

    // Of constants alone: were proved bits to count, each side could make the other's dead.
    private static ulong Known(Actor input, bool zeros) =>
        input.Kind != ActorKind.Constant ? 0 : zeros ? ~(ulong)input.Immediate : (ulong)input.Immediate;

    // Carries go upward only.
    private static ulong UpTo(ulong live) => live == 0 ? 0 : ulong.MaxValue >> BitOperations.LeadingZeroCount(live);

    private static ulong BitsSwapped(ulong live, int size) =>
        System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(live << (64 - size * 8)) & (ulong.MaxValue >> (64 - size * 8));
}
