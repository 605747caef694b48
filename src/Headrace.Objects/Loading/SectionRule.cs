using Headrace.Bytecode;

namespace Headrace.Objects.Loading;

/// <summary>What a section's name says of the programs inside it.</summary>
/// <param name="Prefix">The name, or the part before the slash where a target may follow.</param>
/// <param name="TakesTarget">True when <c>/target</c> may follow.</param>
/// <param name="Type">Program type.</param>
/// <param name="AttachType">Expected attach type.</param>
/// <param name="Flags">Load flags.</param>
internal sealed record SectionRule(string Prefix, bool TakesTarget, ProgramType Type, AttachType AttachType, ProgramFlags Flags)
{
    /// <summary>The rule as libbpf's documentation writes it: a plus where a target may follow.</summary>
    public override string ToString() => TakesTarget ? Prefix + "+" : Prefix;
}
