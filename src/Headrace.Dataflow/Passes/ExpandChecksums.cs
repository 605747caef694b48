using Headrace.Bytecode;

namespace Headrace.Dataflow;

/// <summary>Turns csum_diff of constant sizes into loads and additions, which forwarding, promotion and folding look into.</summary>
/// <remarks>
/// Ones' complement sums are numbers modulo 2^32 - 1 with two zeros, and programs see which one they get. A sum of 32-bit words in 64 bits, folded by
/// adding what is above to what is below, is zero only when all of its words are: that is the kernel's sum, however it adds up. What is
/// subtracted is inverted, so its words are folded to 32 bits first; what is added may stay as it is until the end.
/// </remarks>
internal sealed class ExpandChecksums : IPass
{
    // Bytes of a side, and actors that all calls of a graph may become in a round of the passes: code and time stay small whatever the program.
    private const int MaxBytes = 64;
    private const int MaxGrowth = 2048;

    private const int WordSize = 4;
    private const ulong AllOnes = uint.MaxValue;

    public string Name => "expand-checksums";

    public string Summary => "checksums of constant sizes become loads and additions";

    public int Run(Graph graph)
    {
        // Without a verifier's word reading may fault, and the helper says so.
        if (!graph.IsVerified)
            return 0;
        int changes = 0, room = MaxGrowth;
        foreach (Actor call in graph.Snapshot())
        {
            if (call is not { Kind: ActorKind.Helper, Helper: HelperId.CsumDiff } || SizeOf(call, 0) is not { } from || SizeOf(call, 2) is not { } to || room <= 0)
                continue;
            Block block = call.Block!;
            int before = block.List.Count;
            call.Become(Difference(call, from, to));
            room -= block.List.Count - before;
            changes++;
        }
        return changes;
    }

    /// <summary>Bytes of a side of the difference; null when they are too many or not known, or lie nobody knows where.</summary>
    private static int? SizeOf(Actor call, int input)
    {
        if (call.Inputs[input + 1].Facts.Constant is not { } size || size > MaxBytes)
            return null;
        bool isKnown = size == 0 || call.Inputs[input].Facts.Pointer.Kind is PointerKind.Packet or PointerKind.Stack or PointerKind.MapValue or PointerKind.HelperMemory;
        return isKnown ? (int)size : null;
    }

    private static Actor Difference(Actor call, int from, int to)
    {
        Actor seed = call.Extended(call.Inputs[4], WordSize);
        List<Actor> less = Words(call, 0, from), more = Words(call, 2, to);
        if (from == 0)
        {
            more.Add(seed);
            return Folded(call, more, 16);
        }
        // Alone the sum is taken from what is left of the seed, not added to it: the kernel's zeros are those.
        if (to == 0)
        {
            less.Add(Inverted(call, seed));
            return Folded(call, [Inverted(call, Folded(call, less, 32))], 16);
        }
        more.Add(seed);
        more.Add(Inverted(call, Folded(call, less, 32)));
        return Folded(call, more, 16);
    }

    private static Actor Inverted(Actor place, Actor word) => place.Before(ActorKind.Xor, word, place.Constant(AllOnes));

    private static List<Actor> Words(Actor call, int input, int size)
    {
        var words = new List<Actor>();
        for (int at = 0; at < size; at += WordSize)
            words.Add(Word(call, call.Inputs[input], at, Math.Min(WordSize, size - at)));
        return words;
    }

    /// <summary>The word at an offset, or what there is of the last one, zeros above.</summary>
    private static Actor Word(Actor call, Actor pointer, int at, int size)
    {
        if (size is WordSize or 2 or 1)
            return Loaded(call, pointer, at, size);
        Actor last = call.Before(ActorKind.ShiftLeft, Loaded(call, pointer, at + 2, 1), call.Constant(16));
        return call.Before(ActorKind.Or, Loaded(call, pointer, at, 2), last);
    }

    private static Actor Loaded(Actor call, Actor pointer, int at, int size)
    {
        Actor load = call.Before(ActorKind.Load, pointer);
        (load.Immediate, load.Size, load.Effects) = (at, size, new Effects(call.Effects.Reads, 0));
        return load;
    }

    /// <summary>The sum of 32-bit words, in so many bits.</summary>
    private static Actor Folded(Actor place, List<Actor> words, int bits)
    {
        ulong most = AllOnes * (ulong)words.Count, mask = ulong.MaxValue >> (64 - bits);
        Actor sum = Sum(place, words);
        while (most > mask)
        {
            sum = place.Before(ActorKind.Add, place.Extended(sum, bits / 8), place.Before(ActorKind.ShiftRight, sum, place.Constant((ulong)bits)));
            // Most is where either everything below is set, or everything above.
            most = Math.Max(mask + (most >> bits) - 1, (most & mask) + (most >> bits));
            sum.Proved = ValueFacts.Between(0, most);
        }
        return sum;
    }

    // In pairs: the sum is as deep as the logarithm of its words.
    private static Actor Sum(Actor place, List<Actor> words)
    {
        while (words.Count > 1)
        {
            var sums = new List<Actor>();
            for (int i = 0; i < words.Count; i += 2)
                sums.Add(i + 1 < words.Count ? place.Before(ActorKind.Add, words[i], words[i + 1]) : words[i]);
            words = sums;
        }
        return words[0];
    }
}
