using Headrace.Bytecode;

namespace Headrace.Linux;

/// <summary>Whether programs of a type may call a helper: the verifier's complaint about a bare call tells.</summary>
internal static class HelperProbe
{
    public static bool? Allows(ProgramType type, HelperId helper)
    {
        if (ProgramTypeProbe.NeedsTarget(type))
            return null;
        if (!KernelFeatures.HasProgramType(type))
            return false;
        int result = ProbeProgram.TryLoad(type, [Instruction.Call(helper), Instruction.Exit()], out string log);
        ProbeProgram.RequireRight(result);
        // Any other complaint is about the arguments, which comes after the helper was found.
        return !log.Contains("invalid func ", StringComparison.Ordinal)
            && !log.Contains("unknown func ", StringComparison.Ordinal)
            && !log.Contains("program of this type cannot use helper ", StringComparison.Ordinal);
    }
}
