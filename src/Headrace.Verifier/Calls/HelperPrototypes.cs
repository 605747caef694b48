using Headrace.Bytecode;

namespace Headrace.Verifier;

/// <summary>The prototypes of every helper that packet, tracing and control-group programs may call.</summary>
/// <remarks>Signatures from bpf-helpers(7); who may call what, and under which licence, is what Linux 6.18 answers when each is tried.</remarks>
internal static class HelperPrototypes
{
    private static readonly HelperPrototype?[] s_prototypes = Build();

    /// <summary>The prototype that programs of a type see; null when they may not call the helper.</summary>
    public static HelperPrototype? Find(HelperId id, ProgramType type)
    {
        HelperPrototype? prototype = Find(id);
        while (prototype is not null && !prototype.IsFor(type))
            prototype = prototype.Other;
        return prototype;
    }

    /// <summary>A helper's prototype for whatever program type; null when none that is known may call it.</summary>
    public static HelperPrototype? Find(HelperId id) => (uint)id < (uint)s_prototypes.Length ? s_prototypes[(int)id] : null;

    private static HelperPrototype?[] Build()
    {
        var prototypes = new HelperPrototype?[HelperNames.Count];
        foreach (HelperPrototype[] table in (HelperPrototype[][])[MapHelpers.All, SkbHelpers.All, SocketHelpers.All, SystemHelpers.All])
        {
            foreach (HelperPrototype prototype in table)
                prototypes[(int)prototype.Id] = prototype with { Other = prototypes[(int)prototype.Id] };
        }
        return prototypes;
    }
}
