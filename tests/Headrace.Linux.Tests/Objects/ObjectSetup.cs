using Headrace.Objects;

namespace Headrace.Linux.Tests.Objects;

/// <summary>How an object is set up before it is compared, and what of it cannot be compared.</summary>
/// <param name="Prepare">Sets variables and initial elements.</param>
/// <param name="Incomparable">Maps whose values depend on the time: name and reason.</param>
internal sealed record ObjectSetup(Action<CollectionSpec> Prepare, IReadOnlyDictionary<string, string> Incomparable)
{
    private static readonly ObjectSetup s_plain = new(_ => { }, new Dictionary<string, string>());

    // What is deterministic is compared; this is the whole list of what is not, besides queues, rings and the like, which bpf(2) cannot list.
    private static readonly Dictionary<string, ObjectSetup> s_special = new()
    {
        // Whether a packet exceeds a rate depends on when it comes: with a bucket of a million packets none does.
        ["ratelimit.bpf.o"] = new(
            spec => spec.Variables["burst"].Set(1_000_000UL),
            new Dictionary<string, string> { ["buckets"] = "its values are times" }),
        ["spread.bpf.o"] = new(
            spec => spec.Maps["cpus"].Entries.Add(new MapEntrySpec(new byte[4], [192, 0, 0, 0, 0, 0, 0, 0])),
            new Dictionary<string, string>()),
    };

    /// <summary>The setup of an object by its file name.</summary>
    public static ObjectSetup Of(string name) => s_special.GetValueOrDefault(name, s_plain);
}
